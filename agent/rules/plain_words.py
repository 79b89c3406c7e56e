"""Everyday words that are never taken for a slip of another one: data only."""

WORDS = """
able about above ache acid act add admit adore after again age ago agree aid aim air alarm album alert
alien alive allow aloud amaze amber amuse angel anger angle angry ankle annoy ant anti apple apply april
apron area argue arise arm armor army arrow art ask asleep atom attic aunt auto avert awake award aware
awful axe baby back bacon bad badge bag bake baked baker bakes bald bale balm ban banana band bang banjo
bank bar bare bark barn base basic basin bass bat bath battle bay beach beak beam bean bear beard beast
beat bee beef beep beer beg begin being bell belly belt bench bend bent best bet bike bill bin bind bird
birth bit bite bitter black blade blame blank bleak bless blew blind blink block blog blond blonde blood
bloom blow blue blur board boat boil bold boll bolt bolts bomb bond bone bones book boost boot booth boots
booze bore bored boring born borrow boss both bother bottom bounce bound bow bowel bowls bows boxer boy
brad brain brake branch brass brave bread break breath breed brew bribe brick bride bridge brief bright
bring brisk broad broke brook broom brow brown bruise brush brute bubble buck bucket bud buddy buffet bug
build bulb bulk bull bump bumpy bun bunch bundle bunk bunny burden burn burst bury bus bush busy butler
butter button buy buyer buzz cab cabin cable cage cake calf call calls calm camp canal cancel candid
candle candy cane cans cap cape car card cards care carol carpet carrot carry cart carve case cash cast
castle cat catch catches cattle caught cause cave cell cent chain chair chalk change charge chart chase
chat cheap cheat check cheek cheer cheese chef cherry chess chest chew chicken child chill chin chip chips
choice choke choose chop chores church cinema circle city clap clasp class clay clean clear clerk clever
click cliff climb cling cloak clock clone close closed closer closet cloth clothes clothing cloud clown
club clue clump clumsy clutch coach coal coast coat cod code coffee coin coke cola cold collar comb come
comic coming cook cooked cookie cool cooling cope copper copy coral cord cork corn cost cotton couch cough
count court cousin cow crab crack craft cram crane crank crash crawl crazy creak cream create credit creek
creep crew crib crime crisp crop cross crow crowd crown crude cruel crush crust cry cub cube cubs cuff
cupid curb curl curry curse curve cut cute cycle dad daily dairy dance dare dark dart dash data date dawn
day dead deaf deal dear death debt deck deep deer delay delete dense deny desk dial diary dice diet dig
dime din dine dinner dip dirt dirty disco dish disk ditto dive dizzy doctor dog dolly dome donkey donor
dose dot double doubt dough dove down drag dragon drain drama drape draw drawn draws dread dream dress
dried drift drill drink drinks drip drips drive driver drone drool droop drop drops drove drown drum drunk
dry duck dull dumb dust eagle ear early earn earth ease east eat edit eel egg elbow elder elect elf email
enjoy enter envy equal erase error escape even evil exam exit explain explode eye fable face fact fade
fail faint fair fairy faith fake fall fame fan fancy far farm fast fat father fault fear feast feed feel
feet fell felt fence ferry fetch fever few fibre field fight file fill film fin find fine finger fire
fires firm first fish fist fit five fix fixed flag flame flap flash flat flavor flea fleet flesh flew
flick flies flight flinch fling flip flirt float flock flood floor flop flour flow flower flu fluff fluid
flush flute fly foam fog fold folded folder folk food fool foot force forest forget forgive fork form fort
forth forty found four fox freak free freeze fresh fridge fried friend frown fruit fry fuel full fun funny
fur fuse game gang garage garden garlic gas gasp gate gear genius gentle ghost giant gift ginger girl give
glad gland glare glide gloom glove glow glue goal goat god going gold golf gone good goose gossip grab
grade grain grand grant grape graph grasp grass grave gravy gray grease great greed grew grey grid grill
grim grin grind grip grit groan grow growl guard guess guest guide guitar gulp gun gust guts guy gym habit
hack hail hair half hall ham hand handle hang happy hard harm hasp hat hatch hate haul haunt have hawk hay
he head heal heap hear heart heat heating heave heavy heed heel hell helmet help hem hen her herb here
hero hide high hike hill him hinge hint hire his hiss hit hitch hobby hockey hog hoist hold hole holy home
honest honey honk hood hoof hook hoop hop hope horn horse host hot hotel hour house hover how howl hue hug
huge hum human hump hunch hunt hurry hurt hush ice icon idea ideal idle image iron island issue itch item
jab jacket jail jam jar jaw jazz jealous jeans jelly jerk jewel job jog join joke joker jolly jug juggle
juice jump jungle junior junk jury keen keep kettle kick kid kill kin kind king kiss kit kite kitten knead
knee kneel knife knit knob knock knot know koala label lace lack lad ladder lady lake lamb lame lamp land
lane large laser last late lather laugh launch laundry law lawn layer lazy lead leaf leak lean leap learn
lease leash least leather lecture left leg lend length lens less lesser lesson letter level lever liar
lick lie life lift light like limb lime limit line lion lip list listen lit liter little live liver lizard
load loaf loan lobby local lock locked lodge loft log logic lone long look looks loom loop loose lord lose
loss lost lots loud lounge love lover low loyal luck lunch lung lure lurk lyric machine mad magic maid
mail main make male mall man mango map march mare mark market marry mars mash mask mat match mate math
matter mayor maze meal mean means meat medal meet mellow melon melt member memory men mend menu mercy
merge merit mess metal meter metro mice might mild mile milk mill mimic mind mine minor mint minus mirror
miss mist mix mixed moan mob mobile mock mode model modem moist mold mom money monk monkey month mood moon
mop mope moral more moss most motel moth mother motor mount mourn mouse mouth move mover movie mow mower
mud mum munch murder muscle museum mushroom music must mute nag nail naked nap napkin narrow nasty nation
native nature navy neck need needle nerd nerve nest net never new news nibble nice niece night nine ninja
noble nod noise none noodle noon north nose note novel now nude nudge nugget nun nurse nut oak oat oath
obey object obtain ocean odd odor off offer office ogle oil old olive omen once onion only open opera
orbit orchid order organ other otter ounce oven over owe owl own owner oxen pack packet pad paddle page
pain paint pair palace palm pan panda panic pans pant pants paper parcel pardon parent park parrot parse
part party pass past pasta paste pasted pastry pat pate path patrol pause pave paw pay pea peace peach
peak peanut pear pearl peck pedal peek peel peer peg pelt pen pencil pencils penny people pepper perch
perk perm person pest pet petal phase phone photo piano pick picked picnic pie piece pierce pig pigeon
pile pill pillow pilot pin pinch pine pink pint pipe pirate pit pitch pizza place plain plan plane planed
planet plank plant plates play plead please pledge plight plop plot plow pluck plug plum plumber plump
plunge plus pock pocket pod poem poet point poke poker pole police polish polite pond ponder pony pool
poor pop porch pork port pose posh post poster pot potato pouch pounce pound powder power praise prank
pray preach prefer press pretty price prick pride priest prime prince print prism prison prize probe prod
profit proof prop proud prove prowl prune pry public puck pudding pug puke pull pulled pulp pulse pump
punch punish pupil puppet puppy pure purr purse pushed puzzle python quack quake queen query quest queue
quick quickly quiet quilt quit quite quiz quote rabbit race rack rad radio raft rag rage raid rail rain
rained rainy rake ram ramp ranch random range rank rant rap rare rash rat rate rattle ravel raw ray razor
reach react read ready real reap reason rebel rebuke recipe record recycle reduce reed reek reel refuse
regret reign relax rely remark remind remote render rent repair repeat repel replace reply report rescue
resign resist rest retire reveal review reward rhyme rib ribbon rice rich rid ride rider ridge rifle right
ring rinse riot rip ripe ripple rise risk river road roam roar roast rob robe robot rock rocket rod role
roll roman roof room root rope rose rotate rotten rough round rouse route row royal rub rubber rude ruffle
rug ruin rule ruler rumor run runs rush rust sack sad saddle safe sag said sail salad sale salmon salt
salty same sand sane sat sauce saucy sausage save savor saw say scale scan scar scare scarf scary scene
scent school scoff scold scorch score scorn scout scrape scratch scrawl scream screech screen screw
scribble scrub scurry sea seal sear search season seat second secret see seed seek seem seems seethe seize
self sell send sense serve seven sever sew sewing shack shade shadow shake shallow shame shape share shark
sharp shatter shave she shear shed sheep sheet shell shelve shift shine ship shirt shiver shock shoot shop
shore shot shoulder shout shove show shower shred shriek shrimp shrink shrug shuffle shun shut shy sick
side sift sigh sight sign silent silk silly simmer simple sin since sing singe sink sip siren sister sit
six size sizzle skate ski skid skill skim skin skip skirt sky slam slap slash slat slave slay sled sleep
sleeve slice sliced slide slim slime slip slit slope slot slouch slow slug slump smack smart smash smear
smell smile smirk smoke smooth smother snack snag snail snake snap snarl snatch sneak sneeze sniff snip
snoop snore snow snub soak soap soar sob sober soccer social sock soft soil solar sold soldier sole solid
solve some son song soon sooth sore sorrow sorry sort soul sound soup sour south space spade spank spare
spark sparkle spawn speak spear speed spell spend spent spice spicy spider spill spin spine spirit spit
splash splice split spoil spoke sponge spoon sport spot sprain sprawl spray spread spring sprinkle sprint
sprout spur spy squad squash squat squeak squeeze squint squirm squirt stab stable staff stage stagger
stain stair stake stale stalk stall stammer stamp stand star stare start startle starve stash state
station statue stay steak steal steam steel steep steer stem step stew stick stiff stifle still sting
stink stir stitch stock stole stomp stone stool stoop stop store storm story stove stow straddle strange
strangle strap straw stray stream street stress stretch strict stride strike string strip strive stroke
strokes stroll strong struggle strum strut stuck study stuff stumble stun style submit suck suds sugar
suit sulk sum summer sun sunny super supper sure surf surge swagger swallow swamp swan swap swarm swat
sway swear sweat sweater sweep sweet swell swerve swim swing swipe swirl swish swoop sword syrup table
tablet tack tag tail take tale talk tall tan tank tap tape taps tar target task taste tasty taught taunt
tax taxi tea teach team tear tease teeth tell ten tend tent term test tether than thank that thaw their
theme there they thick thief thin thing think third thirst thorn thrash thread three thrill thrive throat
throb throne throw thrust thud thumb thump thunder ticket tickle tide tidy tie tiger tight till tilt
timber time times tin tinker tiny tip tire tired title toad toast today toe toil toilet told tomato tone
tongue tonight took tool tooth top torch tore torn tortoise toss total totter touch tough tour tow towel
town toys trace track trade trail train tram trample trap trash travel treat tree tremble trend trial
tribe trick trickle trim trip troll troop trot trouble trousers truck trudge true trunk trust truth try
tub tube tuck tug tulip tuna tune tunnel turkey turn turtle tutor twenty twice twin twirl twist twitch two
type ugly uncle under undo union unit uproot upset urge use user usual utter valley value van vanish vapor
vase vault veer vegan veil vein venom verb verse very vest vet vex video view villa vine violin virus
visit vitamin vocal voice vote wade wag wage wagon wail waist wait waiter wake walk walked wall wallet
walnut wand wander want war warm warn warp wash washed wasp waste watch water wave waver wax way weak
wealth wear weather weave web wed weed week weep weigh weight weird weld well west wet whack whale what
wheat wheel wheeze where while whimper whine whip whirl whisk whisper whistle who whole whom why wicked
wide wield wife wig wild win wince wind window wine wing wink winter wire wise wish wit witch witty wobble
wolf woman won wonder wood wooden wool word work world worm worry worse worst worth wrap wreck wring wrist
write writer wrong yank yard yarn yawn year yearn yell yelp yes yet yogurt young youth zap zebra zero zip
zone zoo zoom
"""
PLAIN = frozenset(WORDS.split())
