"""Words that several people write together: versions with names, approved by those who stand behind them."""
