/** Words that change nothing about what a prompt asks for. */
export const FILLERS: ReadonlySet<string> = new Set(
  (
    "a an the this that these those it its it's itself them they their my mine your our his her me us you i i'd i'll " +
    "i'm i've we we'd we'll we're let let's please pls plz kindly just simply only quickly hey hi hello ok okay " +
    "alright right-away so well now thanks thank cheers hmm um uh yeah yes sure great good nice cool " +
    "grid grids matrix picture image board puzzle pattern's array input output result results canvas field " +
    "cell cells pixel pixels square squares tile's position positions place places spot spots unit units thing " +
    "block blocks ones all whole entire full complete completely fully exactly total " +
    "of in on at over across about along via per than around's out off up's there here which what's whatever " +
    "can could would will shall may might should want wants need needs like love wish try going go ahead gonna wanna " +
    "have has had get gets got getting give gives giving gave see seeing look looks show shows help " +
    "also but while meanwhile still too more another additional extra new old current same original resulting " +
    "i's s t re ve d ll m is's was's being been " +
    "do's does's task job transformation's hand hands side's way kind sort bit little " +
    "ends end begin start starts begins use using used " +
    "point points view center centre middle central mid mirror's symmetry dimension dimensions direction " +
    "wrt respect relative regard according versus vs value's degree's angle angles amount total's " +
    "if's when's everything's something anything there's here's he she one's " +
    "could've kindly's pretty much very really literally basically actual actually proper properly again's " +
    "simple quick straight directly immediately today later's time's moment sec second's favor favour " +
    "leave leaves stay stays remain remains friend buddy mate dear bot assistant model computer system sir madam " +
    "looking trying think thinking believe hoping hope wondering ready happy " +
    "given provided's following's shown attached pasted " +
    "such so's both's well's how mind able possible such's and's because since as's " +
    "finished done complete's completed next's stage phase part parts portion section area " +
    "appear appears end-up goes go's come comes coming ends up-to lies lie lying run runs running placed " +
    "orientation oriented orient version form clean neat big-picture fashion manner style sense clock " +
    "arrangement layout formation space spaces others' " +
    "answer return output echo back else any own another's who whose where's plain empty's surplus excess unused useless outside inner inside outer " +
    "thick's solid single full-size "
  ).split(" ").filter((word) => word !== ""),
);
