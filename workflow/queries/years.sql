-- In which years were the songs of each list released?
-- An empty year is unknown. Spotify gives the album's date, which for an old song may be a reissue's.
-- 'latest' can be a day instead, such as '2026-11-22': then the last snapshot up to it.
WITH
week AS (
    SELECT max(snapshot_date) AS snapshot_date
    FROM (
        SELECT max(snapshot_date) AS snapshot_date FROM spotifytopplayed_refined WHERE snapshot_date <= 'latest'
        UNION ALL
        SELECT max(snapshot_date) FROM spotifypopularsongs_refined WHERE snapshot_date <= 'latest'
    )
),
songs AS (
    SELECT 'top played' AS list, track_id, max(album_dt) AS album_dt
    FROM spotifytopplayed_refined
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY track_id
    UNION ALL
    SELECT 'popular', track_id, max(album_dt)
    FROM spotifypopularsongs_refined
    WHERE snapshot_date = (SELECT snapshot_date FROM week)
    GROUP BY track_id
),
dated AS (
    SELECT list, CASE WHEN album_dt >= '1000' THEN substr(album_dt, 1, 4) END AS year
    FROM songs
)
SELECT
    list, year, count(*) AS songs,
    round(1e2 * count(*) / sum(count(*)) OVER (PARTITION BY list), 1) AS share_pct
FROM dated
GROUP BY list, year
ORDER BY list DESC, year DESC NULLS LAST
