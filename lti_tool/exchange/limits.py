"""How much is read. Together they keep one import below 256 MB of memory, whatever the file."""

FILE_BYTES = 16 * 1024 * 1024
# One document within a package.
DOCUMENT_BYTES = 32 * 1024 * 1024
QUESTIONS = 20_000
OPTIONS = 100

# Characters of one text, as plain text and as it stands in the file without its embedded images.
TEXT = 20_000
SOURCE = 400_000
# Characters of all questions together; each may take four bytes.
TEXTS = 16_000_000
NAME = 200
NOTES = 100_000
NOTES_EACH = 50
# Characters of what a note quotes.
QUOTED = 200

IMAGE_BYTES = 2 * 1024 * 1024
# All images of a file together.
IMAGES_BYTES = 24 * 1024 * 1024
IMAGES_EACH = 20

# XML elements of one question, and of all that stands around the questions; attributes of one element.
ELEMENTS_EACH = 20_000
ELEMENTS_AROUND = 100_000
ATTRIBUTES = 500

ZIP_ENTRIES = 15_000
ZIP_BYTES = 48 * 1024 * 1024
# Deflate reaches 1,000; what is small may well be so regular.
ZIP_RATIO = 200
ZIP_RATIO_FROM = 1024 * 1024
