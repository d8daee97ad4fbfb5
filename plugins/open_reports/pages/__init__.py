"""HTML of the generated pages, made from templates and the words of `locales/pages*.yml`."""

from open_reports.pages.agency import agency_page
from open_reports.pages.compare import compare_page
from open_reports.pages.corrections import corrections_pages
from open_reports.pages.coverage import coverage_pages
from open_reports.pages.data import PATH as DATA
from open_reports.pages.data import data_page
from open_reports.pages.data_files import DataFiles
from open_reports.pages.explore import explore_page
from open_reports.pages.frame import ENGLISH, Here, Page
from open_reports.pages.glossary import glossary_page
from open_reports.pages.home import home_page
from open_reports.pages.indicators import indicator_pages
from open_reports.pages.overview import overview_page
from open_reports.pages.quality import Quality, quality_pages
from open_reports.pages.report import report_page
from open_reports.pages.search import search_page
from open_reports.pages.year import year_pages

__all__ = [
    "DATA",
    "ENGLISH",
    "DataFiles",
    "Here",
    "Page",
    "Quality",
    "agency_page",
    "compare_page",
    "corrections_pages",
    "coverage_pages",
    "data_page",
    "explore_page",
    "glossary_page",
    "home_page",
    "indicator_pages",
    "overview_page",
    "quality_pages",
    "report_page",
    "search_page",
    "year_pages",
]
