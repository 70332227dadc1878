"""Processes that share the store: who lives, and what only one of them may do."""

from collections.abc import Mapping

from bot.stores.statements import Statements


class Workers(Statements):
    """See bot.ports.Store for what each method promises."""

    async def beat(self, worker: str) -> Mapping[str, int]:
        await self._db.run(
            "INSERT INTO workers (id, beat) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET beat = workers.beat + 1",
            worker,
        )
        return {r["id"]: r["beat"] for r in await self._db.rows("SELECT id, beat FROM workers")}

    async def bury(self, worker: str, beat: int) -> bool:
        return bool(await self._db.run("DELETE FROM workers WHERE id = ? AND beat = ?", worker, beat))

    async def leave(self, worker: str) -> None:
        async with self._db.transaction() as session:
            await session.run("DELETE FROM leases WHERE worker = ?", worker)
            # What it claimed is free with this, and whoever takes it knows that it may be half done.
            await session.run("DELETE FROM workers WHERE id = ?", worker)
            await session.announce()

    async def lease(self, name: str, worker: str) -> bool:
        async with self._db.transaction() as session:
            await session.run(
                "INSERT INTO leases (name, worker) VALUES (?, '')"
                " ON CONFLICT (name) DO UPDATE SET worker = leases.worker",
                name,
            )  # the row is ours until the transaction ends, so what follows sees who came before
            return bool(
                await session.run(
                    "UPDATE leases SET worker = ? WHERE name = ?"
                    " AND (worker = ? OR worker NOT IN (SELECT id FROM workers))",
                    worker,
                    name,
                    worker,
                )
            )

    async def end_lease(self, name: str, worker: str) -> None:
        await self._db.run("DELETE FROM leases WHERE name = ? AND worker = ?", name, worker)
