"""`passatk report`: one self-contained HTML file of a run, or of two; it judges nothing."""

from passatk.report.page.document import page, write_page

__all__ = ["page", "write_page"]
