-- Which songs are new, which came back, which dropped out?
-- Against the snapshot before; days_between says how long before. Weeks without a snapshot drop nobody.
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
-- Julian day numbers (the formula holds from 1901 to 2099).
days AS (
    SELECT
        list, snapshot_date,
        367 * y - 7 * (y + (m + 9) / 12) / 4 + 275 * m / 9 + d + 1721014 AS day
    FROM (
        SELECT
            list, snapshot_date,
            CAST(substr(snapshot_date, 1, 4) AS integer) AS y,
            CAST(substr(snapshot_date, 6, 2) AS integer) AS m,
            CAST(substr(snapshot_date, 9, 2) AS integer) AS d
        FROM (SELECT * FROM latest UNION ALL SELECT * FROM before)
    )
),
week AS (
    SELECT
        latest.list, latest.snapshot_date, before.snapshot_date AS compared_with, today.day - earlier.day AS days_between
    FROM latest
    JOIN before ON before.list = latest.list
    JOIN days AS today ON today.list = latest.list AND today.snapshot_date = latest.snapshot_date
    LEFT JOIN days AS earlier ON earlier.list = before.list AND earlier.snapshot_date = before.snapshot_date
    WHERE latest.snapshot_date = (SELECT max(snapshot_date) FROM latest)
),
-- Several playlists or searches may list a song: its best place counts.
places AS (
    SELECT
        'top played' AS list, snapshot_date, track_id,
        min(rank) AS rank, max(track) AS track, max(artist) AS artist, max(track_pop) AS track_pop
    FROM spotifytopplayed_refined
    WHERE snapshot_date IN (SELECT snapshot_date FROM week UNION SELECT compared_with FROM week)
    GROUP BY snapshot_date, track_id
    UNION ALL
    SELECT
        'popular', snapshot_date, track_id,
        min(rank), max(track), max(artist), max(track_pop)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date IN (SELECT snapshot_date FROM week UNION SELECT compared_with FROM week)
    GROUP BY snapshot_date, track_id
),
entered AS (
    SELECT now.*
    FROM week
    JOIN places AS now ON now.list = week.list AND now.snapshot_date = week.snapshot_date
    LEFT JOIN places AS was
        ON was.list = week.list AND was.snapshot_date = week.compared_with AND was.track_id = now.track_id
    WHERE week.compared_with IS NOT NULL AND was.track_id IS NULL
),
debuts AS (
    SELECT 'top played' AS list, track_id, min(snapshot_date) AS first_seen
    FROM spotifytopplayed_refined
    WHERE track_id IN (SELECT track_id FROM entered)
    GROUP BY track_id
    UNION ALL
    SELECT 'popular', track_id, min(snapshot_date)
    FROM spotifypopularsongs_refined
    WHERE track_id IN (SELECT track_id FROM entered)
    GROUP BY track_id
),
changes AS (
    SELECT
        week.*, CASE WHEN debuts.first_seen = week.snapshot_date THEN 'new' ELSE 'back' END AS change,
        entered.rank, CAST(NULL AS integer) AS rank_before, entered.track, entered.artist, entered.track_pop, entered.track_id
    FROM week
    JOIN entered ON entered.list = week.list
    JOIN debuts ON debuts.list = entered.list AND debuts.track_id = entered.track_id
    UNION ALL
    SELECT
        week.*, 'gone', NULL, was.rank, was.track, was.artist, was.track_pop, was.track_id
    FROM week
    JOIN places AS was ON was.list = week.list AND was.snapshot_date = week.compared_with
    LEFT JOIN places AS now
        ON now.list = week.list AND now.snapshot_date = week.snapshot_date AND now.track_id = was.track_id
    WHERE now.track_id IS NULL
)
SELECT
    list, change, rank, rank_before, track, artist, track_pop, track_id, snapshot_date, compared_with, days_between
FROM changes
ORDER BY list DESC, CASE change WHEN 'gone' THEN 1 ELSE 0 END, coalesce(rank, rank_before), track_id
