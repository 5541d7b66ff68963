"""`python -m lti_tool` is `lti-tool`."""

from lti_tool.cli import main

if __name__ == "__main__":
    main(prog_name="lti-tool")
