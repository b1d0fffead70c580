"""Well-known cities, so that "the light at Front and Salt in Boston" isn't looked for here. Names in lower case.

Neighbors are in the city's own data; these are those that people write without saying which state.
"""

NAMES = """
albany, albuquerque, anaheim, anchorage, arlington, atlanta, austin, bakersfield, baltimore, baton rouge, birmingham, boise,
boston, bridgeport, brooklyn, buffalo, cambridge, charleston, charlotte, chelsea, chicago, chula vista, cincinnati, cleveland,
colorado springs, columbus, corpus christi, dallas, dayton, denver, des moines, detroit, durham, el paso, fort worth, fresno,
grand rapids, greensboro, hartford, hialeah, honolulu, houston, indianapolis, jacksonville, jersey city, kansas city, knoxville,
laredo, las vegas, lexington, lincoln, long beach, los angeles, louisville, lowell, lubbock, madison, memphis, mesa, miami,
milwaukee, minneapolis, nashville, new haven, new orleans, new york, new york city, nyc, newark, norfolk, oakland,
oklahoma city, omaha, orlando, philadelphia, phoenix, pittsburgh, plano, portland, providence, queens, quincy, raleigh, reno,
richmond, riverside, rochester, sacramento, saint louis, saint paul, salt lake city, san antonio, san bernardino, san diego,
san francisco, san jose, san juan, santa ana, santa fe, scranton, seattle, somerville, spokane, springfield, st louis,
st paul, stamford, stockton, syracuse, tampa, toledo, tucson, tulsa, virginia beach, washington, washington dc, waterbury,
wichita, worcester, yonkers, nueva york, filadelfia, nueva orleans
"""
OTHER_CITIES = frozenset(" ".join(name.split()) for name in NAMES.split(","))
