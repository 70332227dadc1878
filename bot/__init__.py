"""The moderation assistant: answers from curated content, flags for human moderators."""

__version__ = "0.1.0"
