"""What a page under Streamlit's test harness shows in templates of ours."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest


def shown(app: AppTest) -> str:
    """Return the body of a page as it is sent to the browser."""
    protos = filter(None, (getattr(one, "proto", None) for one in app.main))
    text = b"".join(proto.SerializeToString() for proto in protos).decode("utf-8", "replace")
    # What goes to a template goes as JSON.
    return re.sub(r"\\u([0-9a-f]{4})", lambda sign: chr(int(sign[1], 16)), text)
