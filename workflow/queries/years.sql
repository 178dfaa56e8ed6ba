-- In which years were the songs of each list released?
-- An empty year is unknown. Spotify gives the album's date, which for an old song may be a reissue's.
-- beginning.sql
, dated AS (
    SELECT charts.list, CASE WHEN album_dt >= '1000' THEN substr(album_dt, 1, 4) END AS year
    FROM this_week
    JOIN charts ON charts.list = this_week.list AND charts.snapshot_date = this_week.snapshot_date
)
SELECT
    list, year, count(*) AS songs,
    round(1e2 * count(*) / sum(count(*)) OVER (PARTITION BY list), 1) AS share_pct
FROM dated
GROUP BY list, year
ORDER BY list DESC, year DESC NULLS LAST
