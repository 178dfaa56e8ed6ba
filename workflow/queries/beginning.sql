-- What every query begins with: the week that is asked for, the rows up to it, the snapshots, and the songs of the last two.
WITH
-- 'latest' can be a day instead, such as '2026-11-22': then this week is that of the last snapshot up to it.
asked AS (
    SELECT 'latest' AS day
),
charts_to_date AS (
    SELECT * FROM charts WHERE snapshot_date <= (SELECT day FROM asked)
),
sources_to_date AS (
    SELECT * FROM sources WHERE snapshot_date <= (SELECT day FROM asked)
),
-- One row a list and snapshot. Days are Julian day numbers (the formula holds from 1901 to 2099); a day that seven divides
-- is a Monday, so weeks run from Monday to Sunday. n numbers the weeks that have a snapshot, ago counts them backwards.
snapshots AS (
    SELECT
        list, snapshot_date, day, day / 7 AS week,
        row_number() OVER (PARTITION BY list ORDER BY day) AS number,
        dense_rank() OVER (PARTITION BY list ORDER BY day / 7) AS n,
        dense_rank() OVER (PARTITION BY list ORDER BY day / 7 DESC) AS ago,
        lag(snapshot_date) OVER (PARTITION BY list ORDER BY day) AS previous,
        day - lag(day) OVER (PARTITION BY list ORDER BY day) AS days_between,
        CASE
            WHEN day / 7 - lag(day / 7) OVER (PARTITION BY list ORDER BY day) > 1
                THEN day / 7 - lag(day / 7) OVER (PARTITION BY list ORDER BY day) - 1
            ELSE 0
        END AS weeks_missing
    FROM (
        SELECT list, snapshot_date, 367 * y - 7 * (y + (m + 9) / 12) / 4 + 275 * m / 9 + d + 1721014 AS day
        FROM (
            SELECT
                list, snapshot_date, CAST(substr(snapshot_date, 1, 4) AS integer) AS y,
                CAST(substr(snapshot_date, 6, 2) AS integer) AS m, CAST(substr(snapshot_date, 9, 2) AS integer) AS d
            FROM (SELECT DISTINCT list, snapshot_date FROM sources_to_date WHERE rows > 0)
        )
    )
),
-- The lists that the last snapshot has, and the snapshot that each is compared with: the one before.
this_week AS (
    SELECT list, snapshot_date, previous AS compared_with, days_between
    FROM (SELECT *, max(snapshot_date) OVER () AS newest FROM snapshots)
    WHERE snapshot_date = newest
),
-- The songs of these two snapshots; a rank is empty where a song was not listed.
songs AS (
    SELECT
        this_week.list, this_week.snapshot_date, compared_with, days_between, charts.track_id,
        min(CASE WHEN charts.snapshot_date = this_week.snapshot_date THEN rank END) AS rank,
        min(CASE WHEN charts.snapshot_date = compared_with THEN rank END) AS rank_before,
        max(charts.snapshot_date) AS last_seen
    FROM this_week
    JOIN charts ON charts.list = this_week.list AND charts.snapshot_date IN (this_week.snapshot_date, compared_with)
    GROUP BY this_week.list, this_week.snapshot_date, compared_with, days_between, charts.track_id
)
