"""What is said beside the matter: statements about oneself and the world that ask for nothing.

"Hand me the mug, I am thirsty." Left out only where the whole is not understood with it, and never
where it has a word that could change what is to be done.
"""

import re

_CUT = re.compile(r"[.!?;:]+|,|(?<=\s)[-\u2013\u2014]+(?=\s)")
_BREAK = re.compile(
    r"\s(?=(?:because|since|so that|so|or|or else|before|where|as|otherwise|for|to|and)\s+"
    r"(?:i|he|she|they|we|it|that|somebody|someone)\s)"
)
_SUBJECT = (
    r"(?:i|he|she|it|they|we|that|this|who|everyone|everybody|somebody|someone|nobody|which ones?|which one"
    r"|(?:my|his|her|our|their|your|the|that|this|those|these)(?: [a-z-]+){1,2}"
    r"|[a-z]+(?: (?:one|two|three|four|five|six))?)"
)
_VERB = (
    r"(?:is|are|was|were|am|be|'s|'re|'m|'ve|'d|'ll|isn't|aren't|wasn't|have|has|had|do|does|did|don't|doesn't|want|wants"
    r"|wanted|keep|keeps|look|looks|heard|hear|believe|makes?|feels?|need|needs|will|won't|can|can't|could|love|loves|like"
    r"|likes|hate|hates|left|may|might|said|says|tread|step|trip|know|think|got|get|gets|spill|spills|forgot|reach)"
)
_CONJUNCTION = (
    r"(?:because|since|so that|so|or|or else|before|where|as|otherwise|for|and|but|well|oh|now|you know|if)"
)
_ASIDE = re.compile(rf"^(?:{_CONJUNCTION} )*{_SUBJECT} ?(?:still |just |do |really |also )?{_VERB}\b.*$")
_IS_NOT = re.compile(
    r"^(?:it (?:makes|does)(?: no| not|n't) .*"
    r"|if you(?:'d| would| could| can| will)? (?:be so|like|please|want|mind).*"
    r"|(?:is|are|it's|'s) (?:not |un)?(?:important|same|all the same|irrelevant|okay|ok|unimportant)\b.*)$"
)
_MATTERS = re.compile(
    r"\b(?:should|must|needs? to|has to|have to|ought|goes|belongs?|you|except|unless|instead|upright"
    r"|away from"
    r"|careful|slow|slowly|gently|touch|don't touch|never|only|not to|than|put|place"
    r"|move|goes|other|rather|first|then|until)\b"
)


def without_asides(text: str) -> str | None:
    """Leave out what is beside the matter.

    Args:
        text: A cleaned instruction.

    Returns:
        What is left, or None where there is nothing to leave out, or nothing left.
    """
    kept: list[str] = []
    dropped = False
    start = 0
    for match in [*_CUT.finditer(text), None]:
        end = match.start() if match else len(text)
        stop = match.group() if match else ""
        pieces = [part.strip() for part in _BREAK.split(text[start:end])]
        start = match.end() if match else end
        left = []
        for piece in filter(None, pieces):
            if is_aside(piece):
                dropped = True
            else:
                left.append(piece)
        if left:
            kept.append(" ".join(left) + stop)
        elif kept and stop and stop != ",":
            kept[-1] = kept[-1].rstrip(",") + stop
    rest = " ".join(kept).strip(" ,")
    return rest if dropped and re.search(r"[a-z]", rest) else None


def is_aside(piece: str) -> bool:
    """Whether a clause is beside the matter."""
    return bool(_IS_NOT.match(piece) or (_ASIDE.match(piece) and not _MATTERS.search(piece)))
