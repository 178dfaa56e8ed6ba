-- How many weeks has each song been on a list, and what was its longest streak?
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
        SELECT DISTINCT
            list, snapshot_date,
            CAST(substr(snapshot_date, 1, 4) AS integer) AS y,
            CAST(substr(snapshot_date, 6, 2) AS integer) AS m,
            CAST(substr(snapshot_date, 9, 2) AS integer) AS d
        FROM listed
        WHERE snapshot_date <= 'latest'
    )
),
weeks AS (
    SELECT list, week, row_number() OVER (PARTITION BY list ORDER BY week) AS n
    FROM (SELECT DISTINCT list, day / 7 AS week FROM days)
),
stays AS (
    SELECT
        listed.list, listed.track_id, weeks.week, weeks.n,
        min(listed.rank) AS best_rank, max(listed.track) AS track, max(listed.artist) AS artist,
        min(listed.snapshot_date) AS first_seen, max(listed.snapshot_date) AS last_seen
    FROM listed
    JOIN days ON days.list = listed.list AND days.snapshot_date = listed.snapshot_date
    JOIN weeks ON weeks.list = days.list AND weeks.week = days.day / 7
    GROUP BY listed.list, listed.track_id, weeks.week, weeks.n
),
streaks AS (
    SELECT
        list, track_id, count(*) AS weeks, min(n) AS first_n, max(n) AS last_n, min(week) AS first_week, max(week) AS last_week,
        min(best_rank) AS best_rank, max(track) AS track, max(artist) AS artist,
        min(first_seen) AS first_seen, max(last_seen) AS last_seen
    FROM (
        SELECT stays.*, n - row_number() OVER (PARTITION BY list, track_id ORDER BY n) AS streak
        FROM stays
    )
    GROUP BY list, track_id, streak
)
SELECT
    streaks.list, sum(streaks.weeks) AS weeks, max(streaks.weeks) AS longest_streak,
    max(CASE WHEN streaks.last_n = newest.n THEN streaks.weeks ELSE 0 END) AS current_streak,
    max(last_week) - min(first_week) - (max(last_n) - min(first_n)) AS weeks_unknown,
    min(streaks.best_rank) AS best_rank, max(streaks.track) AS track, max(streaks.artist) AS artist,
    min(streaks.first_seen) AS first_seen, max(streaks.last_seen) AS last_seen, streaks.track_id
FROM streaks
JOIN (SELECT list, max(n) AS n FROM weeks GROUP BY list) AS newest ON newest.list = streaks.list
GROUP BY streaks.list, streaks.track_id
ORDER BY sum(streaks.weeks) DESC, streaks.list DESC, min(streaks.best_rank), streaks.track_id
