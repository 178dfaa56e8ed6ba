-- Which songs are new, which came back, which dropped out?
-- Against the snapshot before; days_between says how long ago that was. Weeks without a snapshot drop no song. The top 50 come
-- before all others, in it the new before the gone.
-- beginning.sql
, debuts AS (
    SELECT songs.list, songs.track_id, min(charts_to_date.snapshot_date) AS first_seen
    FROM songs
    JOIN charts_to_date ON charts_to_date.list = songs.list AND charts_to_date.track_id = songs.track_id
    WHERE rank_before IS NULL
    GROUP BY songs.list, songs.track_id
)
SELECT
    songs.list,
    CASE WHEN songs.rank IS NULL THEN 'gone' WHEN first_seen = songs.snapshot_date THEN 'new' ELSE 'back' END AS change,
    songs.rank, rank_before, track, artist, track_pop, songs.track_id, songs.snapshot_date, compared_with, days_between
FROM songs
JOIN charts ON charts.list = songs.list AND charts.snapshot_date = last_seen AND charts.track_id = songs.track_id
LEFT JOIN debuts ON debuts.list = songs.list AND debuts.track_id = songs.track_id
WHERE compared_with IS NOT NULL AND (songs.rank IS NULL OR rank_before IS NULL)
ORDER BY
    songs.list DESC, CASE WHEN coalesce(songs.rank, rank_before) <= 50 THEN 0 ELSE 1 END,
    CASE WHEN songs.rank IS NULL THEN 1 ELSE 0 END, coalesce(songs.rank, rank_before), songs.track_id
