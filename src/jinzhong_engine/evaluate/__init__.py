"""How early, how right, how many people reached: what detection is worth, measured where the truth is known."""
