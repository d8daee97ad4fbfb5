"""HTML of the generated pages, made from templates and the words of `locales/pages.yml`."""

from open_reports.pages.frame import ENGLISH, Built, Here, Page
from open_reports.pages.lists import agency_page, home_page, year_page
from open_reports.pages.quality import quality_pages
from open_reports.pages.report import Folder, report_page

__all__ = ["ENGLISH", "Built", "Folder", "Here", "Page", "agency_page", "home_page", "quality_pages", "report_page", "year_page"]
