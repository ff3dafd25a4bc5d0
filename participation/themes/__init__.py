"""Points grouped into themes: the machine suggests, the planner decides."""
