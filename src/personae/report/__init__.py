"""From runs to one page: self-contained HTML, no script and no network."""

from personae.report.page import write_report

__all__ = ["write_report"]
