"""Pages for citizens that show many rooms: front page, project page, promises."""
