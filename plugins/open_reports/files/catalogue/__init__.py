"""Catalogue: what the site has, in the words of the standards by which portals, search engines and programs find data.

DCAT-AP and schema.org for catalogues and search engines, Croissant for machine learning, Atom for readers who wait for news,
OpenAPI and JSON Schema for programs. Each standard has a module; all read one list of files (`routes`).

Where the site has no address, addresses are relative: in JSON-LD and JSON Schema they are resolved against the file they
stand in, and ids of Atom, which must be whole, are names (`urn:uuid:`) made of the path. With an address everything is whole.
"""
