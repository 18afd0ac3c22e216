// Opens HTML reports in Chromium: takes pictures, runs axe-core, and fails on anything serious, on any
// request, and on any message of the console. See README.md.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [, , folder, ...reports] = process.argv;
if (!folder || reports.length === 0) {
  console.error("usage: node look.mjs FOLDER REPORT.html...");
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
let faults = 0;
const fault = (text) => {
  faults += 1;
  console.log(`  FAULT ${text}`);
};

for (const report of reports) {
  const name = path.basename(report, ".html");
  console.log(name);
  for (const width of [1280, 390]) {
    for (const scheme of ["light", "dark"]) {
      const page = await browser.newPage();
      page.on("request", (request) => {
        if (request.url() !== pathToFileURL(report).href) fault(`request ${request.url().slice(0, 120)}`);
      });
      page.on("console", (message) => fault(`console ${message.text()}`));
      await page.setViewport({ width, height: 900, isMobile: width < 600 });
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.goto(pathToFileURL(report).href);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      if (wide > width) fault(`${width} ${scheme}: the page is ${wide} wide`);
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${scheme}.png`), fullPage: true });
      // Folded parts count, too.
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
      await page.evaluate(axe);
      const found = await page.evaluate(() => globalThis.axe.run());
      for (const violation of found.violations) {
        const text = `${violation.impact} ${violation.id}: ${violation.nodes[0].html.slice(0, 160)} (${violation.nodes.length})`;
        if (["serious", "critical"].includes(violation.impact)) fault(`${width} ${scheme}: ${text}`);
        else console.log(`  note  ${width} ${scheme}: ${text}`);
      }
      console.log(`  ${width} ${scheme}: axe passed ${found.passes.length} rules, ${found.violations.length} violated`);
      await page.close();
    }
  }
  const page = await browser.newPage();
  await page.goto(pathToFileURL(report).href);
  await page.pdf({ path: path.join(folder, `${name}.pdf`), format: "A4", margin: { top: "14mm", bottom: "14mm", left: "12mm", right: "12mm" } });
  await page.close();
}
await browser.close();
console.log(faults === 0 ? "no faults" : `${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
