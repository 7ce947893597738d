"""FROM A TABLE TO A SCORED MODEL.

options.py            what a user can say, and the network that follows
dealing.py            which rows are learnt from, and which are only looked at
job.py                one training from a table: set up, run
results.py            what came out
locating.py           which table is meant
fitting.py            the verbs: train, resume, replay
checkpoints.py        a folder of checkpoints: the newest, and the one before it
keeper.py             whoever keeps the states of a training there
resuming.py           a training set up again from there, and gone on with
inspection.py         a table looked at before anything is trained
fold_jobs.py          one job for each fold
cross_validation.py   networks and baselines on the same folds
sizing.py             how many hidden neurons are enough
"""
