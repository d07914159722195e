/* Charts are drawn by the server as SVG: Unfold's 200 kB of Chart.js stay at home. app.js only asks for it where a page has a <canvas class="chart">. */
