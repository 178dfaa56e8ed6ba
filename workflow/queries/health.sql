-- What does each snapshot hold, and what is missing from it?
-- quarantined: rows set aside because they had no artist, name or id. days_between: since the snapshot before.
-- weeks_missing: whole weeks (Monday to Sunday) without a snapshot since the one before.
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
counts AS (
    SELECT
        'top played' AS list, snapshot_date, count(*) AS row_count, count(DISTINCT track_id) AS songs,
        count(*) - count(track_pop) AS unknown_popularity,
        sum(CASE WHEN album_dt >= '1000' THEN 0 ELSE 1 END) AS unknown_year
    FROM spotifytopplayed_refined
    GROUP BY snapshot_date
    UNION ALL
    SELECT
        'popular', snapshot_date, count(*), count(DISTINCT track_id),
        count(*) - count(track_pop),
        sum(CASE WHEN album_dt >= '1000' THEN 0 ELSE 1 END)
    FROM spotifypopularsongs_refined
    GROUP BY snapshot_date
),
refused AS (
    SELECT
        CASE table_name WHEN 'spotifytopplayed' THEN 'top played' ELSE 'popular' END AS list,
        snapshot_date, count(*) AS quarantined
    FROM quarantine
    GROUP BY table_name, snapshot_date
)
SELECT
    days.list, days.snapshot_date, counts.row_count, counts.songs, counts.unknown_popularity,
    round(1e2 * counts.unknown_popularity / counts.row_count, 1) AS unknown_popularity_pct,
    counts.unknown_year, coalesce(refused.quarantined, 0) AS quarantined,
    day - lag(day) OVER (PARTITION BY days.list ORDER BY day) AS days_between,
    CASE
        WHEN day / 7 - lag(day / 7) OVER (PARTITION BY days.list ORDER BY day) > 1
            THEN day / 7 - lag(day / 7) OVER (PARTITION BY days.list ORDER BY day) - 1
        ELSE 0
    END AS weeks_missing
FROM days
JOIN counts ON counts.list = days.list AND counts.snapshot_date = days.snapshot_date
LEFT JOIN refused ON refused.list = days.list AND refused.snapshot_date = days.snapshot_date
ORDER BY days.snapshot_date DESC, days.list DESC
