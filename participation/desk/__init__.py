"""Pages for staff that show many rooms: the workbench and its queue."""
