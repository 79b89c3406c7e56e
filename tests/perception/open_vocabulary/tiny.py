"""Tiny models with random weights, saved to a folder as the real ones are: through the same loading code."""

from pathlib import Path
from typing import Any

import torch
from handsel.perception.open_vocabulary.loading import require_libraries
from handsel.perception.open_vocabulary.words import HOUSEHOLD

require_libraries()  # Mends a broken torchvision before transformers stumbles over it.

VOCABULARY = ("a", "photo", "of", "an", "empty", "table", "nothing", "plain", "surface", "thing", *HOUSEHOLD)
LAYERS: dict[str, Any] = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
SIZES: dict[str, Any] = {**LAYERS, "intermediate_size": 48}


def tokenizer(folder: Path, length: int = 16) -> int:
    """Save a tokenizer of whole words; gives the size of its vocabulary."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", *dict.fromkeys(VOCABULARY)]
    core = Tokenizer(models.WordLevel({word: index for index, word in enumerate(words)}, unk_token="[UNK]"))
    core.normalizer = normalizers.Lowercase()
    core.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation()])
    core.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=core,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=length,
    ).save_pretrained(folder)
    return len(words)


def owlv2(folder: Path) -> Path:
    from transformers import Owlv2Config, Owlv2ForObjectDetection, Owlv2ImageProcessorPil

    torch.manual_seed(0)
    size = tokenizer(folder)
    config = Owlv2Config(
        text_config={**SIZES, "vocab_size": size, "max_position_embeddings": 16, "pad_token_id": 0},
        vision_config={**SIZES, "image_size": 64, "patch_size": 16},
        projection_dim=32,
    )
    Owlv2ForObjectDetection(config).save_pretrained(folder)
    Owlv2ImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(folder)
    return folder


def owlvit(folder: Path) -> Path:
    from transformers import OwlViTConfig, OwlViTForObjectDetection, OwlViTImageProcessorPil

    torch.manual_seed(0)
    size = tokenizer(folder)
    config = OwlViTConfig(
        text_config={**SIZES, "vocab_size": size, "max_position_embeddings": 16, "pad_token_id": 0},
        vision_config={**SIZES, "image_size": 64, "patch_size": 16},
        projection_dim=32,
    )
    OwlViTForObjectDetection(config).save_pretrained(folder)
    OwlViTImageProcessorPil(size={"height": 64, "width": 64}).save_pretrained(folder)
    return folder


def grounding_dino(folder: Path) -> Path:
    from transformers import (
        BertConfig,
        GroundingDinoConfig,
        GroundingDinoForObjectDetection,
        GroundingDinoImageProcessorPil,
        SwinConfig,
    )

    torch.manual_seed(0)
    size = tokenizer(folder, 256)
    swin = SwinConfig(
        image_size=64, embed_dim=16, depths=[1, 1, 1], num_heads=[1, 2, 2], window_size=4,
    )  # fmt: skip
    swin.out_features = ["stage2", "stage3"]
    config = GroundingDinoConfig(
        backbone_config=swin,
        text_config=BertConfig(**SIZES, vocab_size=max(size, 1100), max_position_embeddings=256),
        d_model=32, encoder_layers=1, encoder_ffn_dim=32, encoder_attention_heads=2, decoder_layers=2,
        decoder_ffn_dim=32, decoder_attention_heads=2, num_queries=20, num_feature_levels=3,
    )  # fmt: skip
    GroundingDinoForObjectDetection(config).save_pretrained(folder)
    GroundingDinoImageProcessorPil(size={"shortest_edge": 64, "longest_edge": 96}).save_pretrained(folder)
    return folder


def sam(folder: Path) -> Path:
    from transformers import SamConfig, SamModel

    torch.manual_seed(0)
    config = SamConfig(
        vision_config={
            **SIZES, "image_size": 64, "patch_size": 8, "output_channels": 16, "num_pos_feats": 8,
            "mlp_dim": 48, "window_size": 4, "global_attn_indexes": [1],
        },
        prompt_encoder_config={
            "hidden_size": 16, "image_size": 64, "patch_size": 8, "mask_input_channels": 4,
        },
        mask_decoder_config={
            "hidden_size": 16, "mlp_dim": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
            "iou_head_hidden_dim": 16,
        },
    )  # fmt: skip
    SamModel(config).save_pretrained(folder)
    return folder


def sam2(folder: Path, video: bool = False) -> Path:
    import json

    from transformers import Sam2Config, Sam2HieraDetConfig, Sam2Model, Sam2VisionConfig

    torch.manual_seed(0)
    backbone = Sam2HieraDetConfig(
        hidden_size=16, image_size=[64, 64], blocks_per_stage=[1, 1, 2, 1], global_attention_blocks=[3],
        embed_dim_per_stage=[16, 32, 64, 128], num_attention_heads_per_stage=[1, 2, 4, 8],
        window_size_per_stage=[4, 2, 4, 2],
    )  # fmt: skip
    vision = Sam2VisionConfig(
        backbone_config=backbone,
        backbone_channel_list=[128, 64, 32, 16],
        fpn_hidden_size=32,
        backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
    )
    config = Sam2Config(
        vision_config=vision,
        prompt_encoder_config={"hidden_size": 32, "image_size": 64, "mask_input_channels": 4},
        mask_decoder_config={
            "hidden_size": 32, "mlp_dim": 32, "num_attention_heads": 2, "iou_head_hidden_dim": 16,
        },
    )  # fmt: skip
    Sam2Model(config).save_pretrained(folder)
    if video:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "model_type": "sam2_video"}))
    return folder


def dinov2(folder: Path, registers: bool = False) -> Path:
    from transformers import (
        Dinov2Config,
        Dinov2Model,
        Dinov2WithRegistersConfig,
        Dinov2WithRegistersModel,
    )

    torch.manual_seed(0)
    if registers:
        config = Dinov2WithRegistersConfig(**LAYERS, image_size=56, patch_size=14, num_register_tokens=3)
        Dinov2WithRegistersModel(config).save_pretrained(folder)
    else:
        Dinov2Model(Dinov2Config(**LAYERS, image_size=56, patch_size=14)).save_pretrained(folder)
    return folder


def dinov3(folder: Path) -> Path:
    from transformers import DINOv3ViTConfig, DINOv3ViTModel

    torch.manual_seed(0)
    DINOv3ViTModel(DINOv3ViTConfig(**SIZES, image_size=64, num_register_tokens=4)).save_pretrained(folder)
    return folder


def siglip(folder: Path) -> Path:
    from transformers import SiglipConfig, SiglipImageProcessorPil, SiglipModel

    torch.manual_seed(0)
    size = tokenizer(folder)
    config = SiglipConfig(
        text_config={**SIZES, "vocab_size": size, "max_position_embeddings": 16, "pad_token_id": 0},
        vision_config={**SIZES, "image_size": 32, "patch_size": 16},
    )
    SiglipModel(config).save_pretrained(folder)
    SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def clip(folder: Path) -> Path:
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    torch.manual_seed(0)
    size = tokenizer(folder)
    text = {**SIZES, "vocab_size": size, "max_position_embeddings": 16, "eos_token_id": 3, "pad_token_id": 0}
    config = CLIPConfig(text_config=text, vision_config={**SIZES, "image_size": 32, "patch_size": 16})
    CLIPModel(config).save_pretrained(folder)
    CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}).save_pretrained(
        folder
    )
    return folder
