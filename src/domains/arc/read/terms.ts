/**
 * What the prompt parser knows words as. A tag stands for all of its phrases; `number` and `color` tags
 * carry a value behind a colon (`num:2`, `color:3`). Longer phrases win over shorter ones.
 */
export const TERMS: Readonly<Record<string, string>> = {
  quarter: "quarter",
  half: "half|halves",
  around: "halfway|half way|around|round|about face",
  upside: "upside down|on its head|on the head|over head",
  cw:
    "clockwise|cw|clock wise|rightwards turn|with the clock|in the direction of the clock|clockwise direction",
  ccw:
    "counterclockwise|counter clockwise|anticlockwise|anti clockwise|ccw|acw|counter clock wise|" +
    "anti clock wise|against the clock|widdershins",
  deg: "degrees|degree|deg|degs|°|º",
  horiz: "horizontal|horizontally|horiz|horizontals|sideways|side to side|widthwise",
  vert: "vertical|vertically|vert|verticals|lengthwise|heightwise",
  axis:
    "axis|axes|line|lines|midline|centerline|centreline|center line|centre line|center axis|middle line|" +
    "line of symmetry|symmetry line|symmetry axis|axis of symmetry|mirror line|middle axis|centre axis",
  xaxis: "over x|across x|about x|along x|x axis|x-axis|the x",
  yaxis: "over y|across y|about y|along y|y axis|y-axis|the y",
  anti:
    "anti|other|secondary|minor|counter|antidiagonal|anti diagonal|other diagonal|secondary diagonal|" +
    "minor diagonal|counter diagonal|counterdiagonal|off diagonal|back diagonal",
  diag:
    "diagonal|diagonally|main diagonal|leading diagonal|primary diagonal|diagonals|major diagonal",
  y: "y|dy",
  rest:
    "rest|others|the rest|the others|everything else|all else|anything else|all others|remaining|smaller|tiny|" +
    "smallest|the remaining",
  left: "left|leftward|leftwards|left hand|leftmost|lefthand",
  right: "right|rightward|rightwards|right hand|rightmost|righthand",
  up: "up|upward|upwards|higher",
  down: "down|downward|downwards",
  top: "top|above|on top|atop|upper|topmost|uppermost|head|topside",
  bottom: "bottom|below|beneath|underneath|lower|bottommost|lowermost|lowest|foot",
  row: "row|rows|horizontal line of cells",
  col: "column|columns|col|cols",
  border:
    "border|borders|frame|margin|margins|edge|edges|outline|rim|ring|perimeter|outer ring|outer layer|" +
    "layer|padding|outermost|surroundings|surround",
  corner: "corner|quadrant",
  side: "side|sides",
  obj:
    "object|objects|shape|shapes|figure|content|contents|bounding box|non zero|nonzero|non empty|non black|nonblack|that isn't background|that is not background|that isn't black|" +
    "that is not black|which is not black|not black|blob|" +
    "blobs|component|components|connected component|region|regions|pattern|drawing|cluster|clusters|" +
    "island|islands|piece|pieces|structure|non background|nonbackground|foreground|colored cells|" +
    "coloured cells|filled cells|colored part|coloured part|everything that isn't background|" +
    "everything that is not background|everything but the background|everything except the background|" +
    "what is not background",
  largest: "largest|biggest|most cells|main",
  connected: "connected|contiguous",
  each: "each|every|within",
  ident:
    "unchanged|as it is|as is|alone|do nothing|nothing|no change|no changes|no op|identity|untouched|unaltered|" +
    "don't change anything|do not change anything|don't change|don't touch|same as the input|intact|" +
    "don't do anything|do not do anything|don't touch anything|do not touch anything|the same|the way it is|" +
    "don't alter|do not alter|identical|unmodified|don't modify|do not modify|do not touch|exactly as given|no operation|echo|just copy|copy the input|output the input|without changes|without any changes|without change|with no changes|without modification|" +
    "reproduce the input",
  order: "order|sequence of",
  whole:
    "whole thing|everything|entire sequence|all of that|all of it|whole sequence|both steps|all steps|" +
    "all of this|everything above|both",
  size: "size|width and height|bigger|larger|big|large|huge|scale factor|wider and taller",
  across: "across",
  wide: "width|wide|wider",
  tall: "height|tall|taller|high",
  to: "to|into|onto|as|by|for|through|until|till|in favor of|in favour of|equals|=|using|be|are|is",
  with: "with",
  become:
    "become|becomes|becoming|should be|should become|must be|must become|are to be|is to be|turns into|turn into",
  hole: "hole|holes|gap|gaps|interior",
  noise:
    "right away|straight away|at once|this time|some time|for the first time|as soon as possible|one more thing|" +
    "as soon as you can|if possible|if you can|if you please|if you would|if you like|if you don't mind|when you can|" +
    "when you get a chance|when possible|and nothing else|nothing else|down the middle|through the middle|in the middle|through the center|" +
    "through the centre|running through",
  off: "off",
  from: "from",
  and: "and|&|+|plus|as well as",
  x: "x|dx|×|*",
  times: "times|time",
  factor: "factor|factors",
  percent: "percent|%",
  ways: "ways|directions|axes both|both axes|both ways|both directions",
  copies: "copies|copy",
  sidebyside:
    "side by side|next to each other|next to one another|beside each other|beside itself|" +
    "next to itself|in a row",
  ontop:
    "on top of each other|on top of one another|one above the other|above each other|on top of itself|" +
    "below each other|one below the other|underneath each other|atop each other",
  wherever: "wherever|where",
  put: "put|place|puts|placed|placing",
  instead: "instead",
  thick: "thick|thickness|deep",
  value: "value|color|colour|colors|colours|digit|number|numbers|coloured|colored",
  first: "first|firstly|first of all|to begin with|to start with|initially|start with|begin with|" +
    "starting with|beginning with|comes first|first off|start by",
  last:
    "last|lastly|finally|final|at the end|in the end|end with|ending with|finish with|finish by|" +
    "comes last|last of all|to finish|end by",
  neg:
    "not|don't|dont|do not|never|no|won't|shouldn't|mustn't|without|avoid|refrain from|stop|cease|" +
    "instead of|rather than|in place of|can't|cannot|no need to|skip|hold off|isn't|doesn't|didn't|wasn't|aren't|" +
    "no longer|nor|nobody|no one|noone",
  except: "except|but the|other than|apart from|besides|all but|everything but|anything but",
  or: "or|either",
  if:
    "if|unless|whether|provided|assuming|in case|suppose|supposing|whenever|depending|as long as|only when",
  again: "again|once more|one more time",
  then:
    "then|and then|after that|afterwards|afterward|after which|next|followed by|->|=>|→|➜|thereafter|" +
    "subsequently|later|and after that|and next|and afterwards|after this|once that is done|once that's done|" +
    "once done|when done|when that's done|when you're done|once you're done|once finished|when finished|" +
    "after doing that|having done that|from there|on top of that|the result",
  after:
    "after|once you have|once you've|once you|once it is|once it's|once it has been|after you have|" +
    "after you've|after you|after having|when you have|when you've|as soon as you have|having|preceded by|" +
    "following|only after|once the grid is|once the grid has been|as soon as|upon|after first|after it has been",
  before: "before|before you|prior to|before it is|before you start|before it gets",
  beforethat:
    "before that|but before that|beforehand|before this|before doing that|before doing so|but before",
  semi: ";|.|!|?|\n",
  comma: ",|i.e.|e.g.|-|–|—",
  slash: "/|:",
  hash: "#",
  fix:
    "no wait|wait|scratch that|i mean|i meant|correction|actually no|sorry|oops|on second thought|make that",
  step: "step|steps|operation|operations|change|move|action|actions|transformation|transformations",
};

/** Verbs by the tag of what they do; each in all its forms. */
export const VERBS: Readonly<Record<string, string>> = {
  rot: "rotate twist pivot spin+n revolve swivel reorient",
  turn: "turn",
  flip: "flip+p mirror reflect invert",
  rev: "reverse",
  swap: "swap+p exchange interchange",
  switch: "switch",
  transp: "transpose antitranspose",
  move:
    "move shift translate slide push nudge displace scoot drag shove bump slip+p pull offset reposition relocate",
  lift: "raise lift",
  drop: "drop+p",
  crop: "crop+p trim+m clip+p",
  cut: "cut+t extract isolate snip+p",
  keep: "keep take select retain preserve pick",
  remove: "remove delete discard strip+p chop+p peel shave prune eliminate clear erase wipe",
  pad: "pad+d surround enclose wrap+p encircle",
  add: "add insert attach extend draw",
  scale: "scale enlarge magnify zoom upscale grow increase inflate resize expand blow stretch",
  shrink: "shrink downscale reduce compress downsample",
  tile: "tile replicate duplicate arrange",
  repeat: "repeat",
  stack: "stack",
  recolor: "recolor recolour repaint color colour paint dye tint fill",
  subst: "substitute",
  change: "change replace overwrite convert map+p transform set+t",
  make: "make",
  undo: "undo revert cancel",
  find: "find detect",
};

/** Nouns and irregular forms that name what a verb does. */
export const NOUNS: Readonly<Record<string, string>> = {
  rot: "rotation|rotations|spun|rot",
  turn: "turns",
  flip: "reflection|reflections|mirror image|mirroring|flips",
  transp: "transposition|transposes",
  rev:
    "reversal|backwards|backward|in reverse|back to front|the other way round|the other way around",
  swap:
    "swaps|trade places|trades places|trade positions|trade|switch places|swap places|change places|swapped places",
  move: "translation|shifts|slid|slidden",
  crop: "cropping",
  cut: "cut out|cut down",
  keep:
    "kept|taken|took|give me|just give me|hang on to|leave only|only leave|show only|only show|return only",
  remove:
    "turn off|switch off|blank out|black out|zero out|rub out|get rid of|throw away|throw out|cut off|cut away|take away|trim off|chop off|lop off|wipe out",
  scale: "grown|blown up|blow up|scale up|scaling|magnification|enlargement|upscaling|zoom in",
  shrink: "shrunk|shrunken",
  tile: "tiling|tiles|lay out|laying out|mosaic|collage|patchwork",
  change: "swap out|switch out|swapping out",
  make: "made",
  undo:
    "undone|take the last step back|take it back|take back|take that back|scratch|nevermind|never mind|go back|roll back|undid|reverted",
  recolor: "recoloring|recolouring",
  double: "double|doubles|doubled|doubling",
  triple: "triple|triples|tripled|tripling|treble",
  quadruple: "quadruple|quadrupled",
  do: "do|doing|perform|apply|carry out|run",
  twice: "twice|2x over",
  thrice: "thrice",
  once: "once",
};
