"""Words that tell nothing about the subject of a question."""

_LITTLE = """
    a about also am an and any anyone are as at be been but by can could did do does for from get got had has
    have he hello her hi his i id if ill im in is it its ive just know may me might mine my of on or our please
    really s shall she should so some t tell than thanks that the their them then there these they this those to
    too us very was we were will with would you your d ll re whats hows theres
"""
_COMMON = """
    actually after again against all along already although always another anything appear around aunt away back
    basically because before behind being best better both bring call called came clear come connection
    different difference done down each either else ever every exactly explain far few find first folks friend
    give given go goes going gone good great guys help here how idea imply inside instead keep kind kinds last
    later least left less let like likely list little long look looking lot made main make makes many maybe mean
    means meant mention mentioned mix mom month months more most mother much mum near need never new next no
    none normal normally not nothing notice now off often ok okay old once one only other others otherwise out
    over own part parts people perhaps person plain point possible prove put question questions quick quickly
    quite rather read refer right run said same say says see seem seen sense several show simple simply since
    someone something sort sounds start still stuff such sure take taken takes talk talking tell thing things
    think this though thought time told tomorrow today try turn two type under until up use used usually versus
    want wants way well what when where whether which while who whole whom whose why within without wonder
    wondering word words work works worry worried wrong wrote year years yes yesterday yet dad father gran
    grandma husband wife son daughter brother sister doc doctor doctors gp nurse hospital report letter
    appointment scan quitting upset moving combine hand sessions machine hello dear everyone anybody somebody
    info information sum lines radiologist specialist surgeon apart whatever happen happens happened started
    turns become becomes became add added pick picks raise raises rid almost enough latest large small big major
    minor common usual special single dial menu bottom mood whoever nobody ones chance chances
"""
_LONG = """
    abbreviations appointment classification consultation definitions distinguish distribution examinations
    generalised improvement indications information interactions international introduction investigations
    laboratories precautions preparations responsible supervision threatening whereabouts
"""
FILLERS = frozenset(_LITTLE.split())  # say nothing about which topic is meant
NEUTRAL = frozenset(_COMMON.split())  # … and neither that something else is meant
ORDINARY = frozenset(_LONG.split())  # long words that topics use and that are on no subject
