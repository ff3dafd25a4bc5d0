"""What the rush battery is made of: a house to storm, a cluster to break, citizens with journals, and a checker."""
