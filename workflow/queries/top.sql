-- What are the top 50 of each list this week?
-- change, move and rank_before compare with the snapshot before: compared_with.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
-- Each list's last snapshot, and the one before it.
latest AS (
    SELECT 'top played' AS list, max(snapshot_date) AS snapshot_date
    FROM spotifytopplayed_refined
    WHERE snapshot_date <= 'latest'
    UNION ALL
    SELECT 'popular', max(snapshot_date)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date <= 'latest'
),
before AS (
    SELECT 'top played' AS list, max(snapshot_date) AS snapshot_date
    FROM spotifytopplayed_refined
    WHERE snapshot_date < (SELECT max(snapshot_date) FROM latest)
    UNION ALL
    SELECT 'popular', max(snapshot_date)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date < (SELECT max(snapshot_date) FROM latest)
),
week AS (
    SELECT latest.list, latest.snapshot_date, before.snapshot_date AS compared_with
    FROM latest
    JOIN before ON before.list = latest.list
    WHERE latest.snapshot_date = (SELECT max(snapshot_date) FROM latest)
),
-- Several playlists or searches may list a song: its best place counts.
places AS (
    SELECT
        'top played' AS list, snapshot_date, track_id,
        min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop,
        max(album_nm) AS album_nm, max(album_dt) AS album_dt, max(duration_ms) AS duration_ms
    FROM spotifytopplayed_refined
    WHERE snapshot_date IN (SELECT snapshot_date FROM week UNION SELECT compared_with FROM week)
    GROUP BY snapshot_date, track_id
    UNION ALL
    SELECT
        'popular', snapshot_date, track_id,
        min(rank), max(track), max(artist), max(track_pop), max(album_nm), max(album_dt), max(duration_ms)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date IN (SELECT snapshot_date FROM week UNION SELECT compared_with FROM week)
    GROUP BY snapshot_date, track_id
),
positions AS (
    SELECT places.*, row_number() OVER (PARTITION BY places.list ORDER BY places.rank, places.track_id) AS position
    FROM places
    JOIN week ON week.list = places.list AND week.snapshot_date = places.snapshot_date
),
shown AS (
    SELECT * FROM positions WHERE position <= 50
),
debuts AS (
    SELECT 'top played' AS list, track_id, min(snapshot_date) AS first_seen
    FROM spotifytopplayed_refined
    WHERE track_id IN (SELECT track_id FROM shown)
    GROUP BY track_id
    UNION ALL
    SELECT 'popular', track_id, min(snapshot_date)
    FROM spotifypopularsongs_refined
    WHERE track_id IN (SELECT track_id FROM shown)
    GROUP BY track_id
)
SELECT
    shown.list, shown.rank,
    CASE
        WHEN week.compared_with IS NULL THEN NULL
        WHEN debuts.first_seen = week.snapshot_date THEN 'new'
        WHEN was.rank IS NULL THEN 'back'
        WHEN was.rank > shown.rank THEN 'up'
        WHEN was.rank < shown.rank THEN 'down'
        ELSE 'same'
    END AS change,
    was.rank - shown.rank AS move,
    shown.track, shown.artist, shown.track_pop, was.rank AS rank_before,
    shown.album_nm, shown.album_dt, shown.duration_ms, shown.track_id,
    week.snapshot_date, week.compared_with
FROM shown
JOIN week ON week.list = shown.list
JOIN debuts ON debuts.list = shown.list AND debuts.track_id = shown.track_id
LEFT JOIN places AS was
    ON was.list = shown.list AND was.track_id = shown.track_id AND was.snapshot_date = week.compared_with
ORDER BY shown.list DESC, shown.position
