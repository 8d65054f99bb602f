"""Training and measuring the screening; numpy, scipy and scikit-learn are needed here and nowhere else."""
