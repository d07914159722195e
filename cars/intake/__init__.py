"""Cars from other people's spreadsheets: read the file, understand its headers, take every row that can be taken."""
