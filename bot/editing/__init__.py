"""For people who edit content: begin a file, try it while it is edited, see it as members and moderators will."""
