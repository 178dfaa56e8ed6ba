-- How many weeks was a song on a list, and how many in a row?
-- Weeks run from Monday to Sunday. One without a snapshot is unknown: it neither counts nor ends a streak.
-- A song is called what it was called when it was last on the list.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
dates AS (
    SELECT DISTINCT 'top played' AS list, snapshot_date
    FROM spotifytopplayed_refined
    WHERE snapshot_date <= 'latest'
    UNION ALL
    SELECT DISTINCT 'popular', snapshot_date
    FROM spotifypopularsongs_refined
    WHERE snapshot_date <= 'latest'
),
-- Julian day numbers (the formula holds from 1901 to 2099): a day that seven divides is a Monday.
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
        FROM dates
    )
),
-- n counts the weeks that have a snapshot, ago counts them back from the newest, k counts the snapshots.
snapshots AS (
    SELECT
        list, snapshot_date, day / 7 AS week,
        dense_rank() OVER (PARTITION BY list ORDER BY day / 7) AS n,
        dense_rank() OVER (PARTITION BY list ORDER BY day / 7 DESC) AS ago,
        row_number() OVER (PARTITION BY list ORDER BY day) AS k
    FROM days
),
songs AS (
    SELECT
        'top played' AS list, track_id, min(rank) AS best_rank, count(DISTINCT snapshot_date) AS snapshots,
        min(snapshot_date) AS first_seen, max(snapshot_date) AS last_seen
    FROM spotifytopplayed_refined
    WHERE snapshot_date <= 'latest'
    GROUP BY track_id
    UNION ALL
    SELECT
        'popular', track_id, min(rank), count(DISTINCT snapshot_date), min(snapshot_date), max(snapshot_date)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date <= 'latest'
    GROUP BY track_id
),
stays AS (
    SELECT
        songs.list, songs.track_id, songs.best_rank, songs.first_seen, songs.last_seen,
        f.n AS first_n, l.n AS last_n, l.ago, l.week - f.week - (l.n - f.n) AS weeks_unknown,
        l.k - f.k + 1 - songs.snapshots AS absences
    FROM songs
    CROSS JOIN snapshots AS f
    CROSS JOIN snapshots AS l
    WHERE f.list = songs.list AND f.snapshot_date = songs.first_seen
        AND l.list = songs.list AND l.snapshot_date = songs.last_seen
),
-- Where streaks begin, and the week in which the one before ended. A song without absences has only one: no need to look.
starts AS (
    SELECT 'top played' AS list, track_id, n, before
    FROM (
        SELECT
            listed.track_id, snapshots.n,
            lag(snapshots.n) OVER (PARTITION BY listed.track_id ORDER BY listed.snapshot_date) AS before
        FROM spotifytopplayed_refined AS listed
        CROSS JOIN snapshots
        WHERE snapshots.list = 'top played' AND snapshots.snapshot_date = listed.snapshot_date
            AND listed.track_id IN (SELECT track_id FROM stays WHERE list = 'top played' AND absences > 0)
    )
    WHERE before IS NULL OR n - before > 1
    UNION ALL
    SELECT 'popular', track_id, n, before
    FROM (
        SELECT
            listed.track_id, snapshots.n,
            lag(snapshots.n) OVER (PARTITION BY listed.track_id ORDER BY listed.snapshot_date) AS before
        FROM spotifypopularsongs_refined AS listed
        CROSS JOIN snapshots
        WHERE snapshots.list = 'popular' AND snapshots.snapshot_date = listed.snapshot_date
            AND listed.track_id IN (SELECT track_id FROM stays WHERE list = 'popular' AND absences > 0)
    )
    WHERE before IS NULL OR n - before > 1
),
-- Streaks that a song came back from; the last of each song is yet to come.
ended AS (
    SELECT list, track_id, sum(until - n + 1) AS weeks, max(until - n + 1) AS longest, max(n) AS last_start
    FROM (
        SELECT list, track_id, n, lead(before) OVER (PARTITION BY list, track_id ORDER BY n) AS until
        FROM starts
    )
    GROUP BY list, track_id
),
streaks AS (
    SELECT
        stays.*, coalesce(ended.weeks, 0) AS weeks_before, coalesce(ended.longest, 0) AS longest_before,
        stays.last_n - coalesce(ended.last_start, stays.first_n) + 1 AS last_streak
    FROM stays
    LEFT JOIN ended ON ended.list = stays.list AND ended.track_id = stays.track_id
),
names AS (
    SELECT 'top played' AS list, listed.track_id, max(listed.track) AS track, max(listed.artist) AS artist
    FROM songs
    CROSS JOIN spotifytopplayed_refined AS listed
    WHERE songs.list = 'top played' AND listed.track_id = songs.track_id AND listed.snapshot_date = songs.last_seen
    GROUP BY listed.track_id
    UNION ALL
    SELECT 'popular', listed.track_id, max(listed.track), max(listed.artist)
    FROM songs
    CROSS JOIN spotifypopularsongs_refined AS listed
    WHERE songs.list = 'popular' AND listed.track_id = songs.track_id AND listed.snapshot_date = songs.last_seen
    GROUP BY listed.track_id
)
SELECT
    streaks.list, weeks_before + last_streak AS weeks,
    CASE WHEN longest_before > last_streak THEN longest_before ELSE last_streak END AS longest_streak,
    CASE WHEN ago = 1 THEN last_streak ELSE 0 END AS current_streak,
    streaks.weeks_unknown, streaks.best_rank, names.track, names.artist, streaks.first_seen, streaks.last_seen,
    streaks.track_id
FROM streaks
JOIN names ON names.list = streaks.list AND names.track_id = streaks.track_id
ORDER BY weeks DESC, streaks.list DESC, streaks.best_rank, streaks.track_id
