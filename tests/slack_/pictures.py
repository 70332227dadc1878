"""Pictures of what people see on Slack, for docs/slack.md: `python -m tests.slack_.pictures docs/pictures`.

The blocks are those that a running bot sent to our stand-in for Slack; only the frame around them is drawn here.
"""

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page

from bot.editing.markup import blocks_html
from bot.stores.sqlite import open_sqlite
from tests.sandbox.browsing import launched
from tests.sandbox.content import shipped_pack, shipped_rules
from tests.slack_.conftest import Workspace, open_workspace
from tests.slack_.fake import Json

CLAIM = "Vitamin D supplements lower your calcium, so I take them every day."
OTHERS = (
    "Calcium channel blockers lower the calcium in your blood.",
    "Metastatic calcification is caused by liver disease.",
)
DOTS = {"🔴": "#d92d20", "🟠": "#f08c00", "⚪": "#d0d0d0"}
LOOK: Mapping[str, int] = {"width": 720, "height": 400}
COLOURS = 48  # enough for flat blocks, and keeps the pictures small
MESSAGE = """<div class="message"><span class="face">H</span><div><p class="who"><b>Health claims</b>
<span class="app">APP</span>{alone}</p>{blocks}</div></div>"""
ALONE = "<span class='alone'>Only visible to you</span>"
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><style>
* {{ box-sizing: border-box }}
body {{ margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.46 Lato, "Noto Sans", "DejaVu Sans", sans-serif }}
main {{ padding: 18px 20px; width: 720px; overflow-wrap: anywhere }}
.message {{ display: grid; grid-template-columns: 36px 1fr; gap: 10px }}
.face {{ width: 36px; height: 36px; border-radius: 6px; background: #2c5d4f; color: #fff; text-align: center;
  font: bold 20px/36px sans-serif }}
.who {{ margin: 0 0 4px }} .app {{ background: #e8e8e8; border-radius: 2px; padding: 0 4px; font-size: 10px }}
.alone, .context {{ color: #616061; font-size: 13px }} .alone {{ margin-left: 8px }}
h3 {{ font-size: 18px; margin: 10px 0 8px }} p {{ margin: 0 0 10px }} a {{ color: #1264a3; text-decoration: none }}
code {{ border: 1px solid #ddd; border-radius: 3px; padding: 1px 3px; color: #c01343; font-size: 12px }}
blockquote {{ margin: 6px 0; padding-left: 12px; border-left: 4px solid #ddd; white-space: pre-wrap }}
.buttons {{ display: flex; flex-wrap: wrap; gap: 8px }} .beside {{ float: right; margin-left: 16px }}
.button {{ border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; font-weight: bold; font-size: 13px;
  white-space: nowrap }}
.dot {{ display: inline-block; width: 14px; height: 14px; border-radius: 7px; vertical-align: -1px }}
.button.primary {{ background: #007a5a; border-color: #007a5a; color: #fff }}
.button.danger {{ color: #e01e5a; border-color: #e01e5a }}
</style><main>{inner}</main></html>"""


async def draw(folder: Path) -> None:
    """The notice, an answer, and the Home tab."""
    with tempfile.TemporaryDirectory() as data:
        async with open_sqlite(Path(data)) as store, open_workspace(store) as workspace, launched() as browser:
            workspace.pack, workspace.screener = shipped_pack(), shipped_rules()
            async with workspace.screener:
                await workspace.start()
                window = await browser.new_page(viewport=LOOK, device_scale_factor=1.5)  # type: ignore[arg-type]
                await take(window, folder / "slack-notice.png", framed((await workspace.flag(CLAIM))["blocks"]))
                answer = await asked(workspace, "vitamin-d-calcium")
                await take(window, folder / "slack-answer.png", framed(answer["blocks"], alone=ALONE))
                home = await at_home(workspace)
                await take(window, folder / "slack-home.png", blocks_html(home["blocks"]))
                await workspace.stop()


async def asked(workspace: Workspace, topic: str) -> Json:
    await workspace.mina.command(f"/{workspace.pack.name}", topic, workspace.health)
    await workspace.settle()
    return workspace.mina.whisper


async def at_home(workspace: Workspace) -> Json:
    """The moderator's page: a case of her own, two that wait, and one that was decided."""
    for claim in OTHERS:
        await workspace.flag(claim)
    await workspace.flag("Vitamin D lowers calcium, they told me, so take more of it.")
    await workspace.click(workspace.ben, "It is a joke")
    await workspace.ann.click(workspace.notices[0], "Take", workspace.mods)
    await workspace.deliver()
    await workspace.ann.open_home()
    await workspace.settle()
    return workspace.slack.homes[workspace.ann.id]


def framed(blocks: list[Json], *, alone: str = "") -> str:
    """The blocks as a message of the app."""
    return MESSAGE.format(alone=alone, blocks=blocks_html(blocks))


async def take(window: Page, path: Path, inner: str) -> None:
    for sign, colour in DOTS.items():  # fonts for such signs are rarely installed
        inner = inner.replace(sign, f"<span class='dot' style='background: {colour}'></span>")
    await window.set_content(PAGE.format(inner=inner))
    picture = Image.open(BytesIO(await window.locator("main").screenshot())).convert("RGB")
    picture.quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    asyncio.run(draw(Path(sys.argv[1])))
