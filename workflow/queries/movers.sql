-- Which songs moved up and down against the snapshot before?
-- The biggest moves come first, those into, within or out of the top 50 before all others. days_between says how long ago
-- the snapshot before was.
-- beginning.sql
SELECT
    songs.list, rank_before - songs.rank AS move, songs.rank, rank_before, track, artist, track_pop, songs.track_id,
    songs.snapshot_date, compared_with, days_between
FROM songs
JOIN charts ON charts.list = songs.list AND charts.snapshot_date = last_seen AND charts.track_id = songs.track_id
WHERE songs.rank <> rank_before
ORDER BY
    CASE WHEN songs.rank <= 50 OR rank_before <= 50 THEN 0 ELSE 1 END, abs(rank_before - songs.rank) DESC, songs.list DESC,
    songs.rank, songs.track_id
