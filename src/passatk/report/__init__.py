"""A finished run -> what people look at."""
