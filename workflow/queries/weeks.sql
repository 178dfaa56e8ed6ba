-- How many weeks was a song on a list, and how many in a row?
-- Weeks run from Monday to Sunday. One without a snapshot is unknown: it neither counts nor ends a streak.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
listed AS (
    SELECT 'top played' AS list, snapshot_date, track_id, rank, track, artist
    FROM spotifytopplayed_refined
    UNION ALL
    SELECT 'popular', snapshot_date, track_id, rank, track, artist
    FROM spotifypopularsongs_refined
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
        FROM (SELECT DISTINCT list, snapshot_date FROM listed WHERE snapshot_date <= 'latest')
    )
),
weeks AS (
    SELECT list, week, row_number() OVER (PARTITION BY list ORDER BY week) AS n
    FROM (SELECT DISTINCT list, day / 7 AS week FROM days)
),
stays AS (
    SELECT DISTINCT listed.list, listed.track_id, weeks.week, weeks.n
    FROM listed
    JOIN days ON days.list = listed.list AND days.snapshot_date = listed.snapshot_date
    JOIN weeks ON weeks.list = days.list AND weeks.week = days.day / 7
),
streaks AS (
    SELECT
        list, track_id, count(*) AS weeks,
        min(n) AS first_n, max(n) AS last_n, min(week) AS first_week, max(week) AS last_week
    FROM (
        SELECT stays.*, n - row_number() OVER (PARTITION BY list, track_id ORDER BY n) AS streak
        FROM stays
    )
    GROUP BY list, track_id, streak
),
totals AS (
    SELECT
        streaks.list, streaks.track_id, sum(streaks.weeks) AS weeks, max(streaks.weeks) AS longest_streak,
        max(CASE WHEN streaks.last_n = newest.n THEN streaks.weeks ELSE 0 END) AS current_streak,
        max(last_week) - min(first_week) - (max(last_n) - min(first_n)) AS weeks_unknown
    FROM streaks
    JOIN (SELECT list, max(n) AS n FROM weeks GROUP BY list) AS newest ON newest.list = streaks.list
    GROUP BY streaks.list, streaks.track_id
),
songs AS (
    SELECT
        list, track_id, max(track) AS track, max(artist) AS artist, min(rank) AS best_rank,
        min(snapshot_date) AS first_seen, max(snapshot_date) AS last_seen
    FROM listed
    WHERE snapshot_date <= (SELECT max(snapshot_date) FROM days)
    GROUP BY list, track_id
)
SELECT
    totals.list, totals.weeks, totals.longest_streak, totals.current_streak, totals.weeks_unknown, songs.best_rank,
    songs.track, songs.artist, songs.first_seen, songs.last_seen, totals.track_id
FROM totals
JOIN songs ON songs.list = totals.list AND songs.track_id = totals.track_id
ORDER BY totals.weeks DESC, totals.list DESC, songs.best_rank, totals.track_id
