"""What the law asks, as this municipality's administrator keeps it: the rule table, dated, and the closing days."""
