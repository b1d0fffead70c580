"""The figures of test_interrupted_series.py by statsmodels: `python by_statsmodels.py series.npz`, with design, calls and months.

Prints a line for each coefficient: itself, its error by Newey and West, and by overdispersion.
"""

import calendar
import datetime as dt
import sys

import numpy as np
import statsmodels.api as sm

series = np.load(sys.argv[1])
months = [dt.date.fromisoformat(str(month)) for month in series["months"]]
days = [calendar.monthrange(month.year, month.month)[1] for month in months]
model = sm.GLM(series["calls"].astype(float), series["design"], family=sm.families.Poisson(), offset=np.log(days))
robust = model.fit(tol=1e-14, maxiter=200, cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True})
dispersed = model.fit(tol=1e-14, maxiter=200, scale="X2")
for row in zip(robust.params, robust.bse, dispersed.bse, strict=True):
    print(*(f"{value:.9f}" for value in row))
