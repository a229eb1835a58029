"""Reading an article that a person gave: bytes of a page or a text into title, day and words."""
