// Unpacks the headless browser that draws pictures, with the libraries and fonts it needs: nothing of it comes from the
// system but the C library.
import {existsSync, mkdirSync, renameSync, rmSync, writeFileSync} from "node:fs";
import path from "node:path";
import process from "node:process";

/** Unpacks the archives of @sparticuz/chromium, which go to the temporary folder and, on Lambda, include libraries. */
const UNPACK = 'import("@sparticuz/chromium").then(({default: chromium}) => chromium.executablePath())';

/** Where the browser looks for fonts: npm packages alone, so that a picture is the same on every machine. */
const fontsConfig = (folders, cache) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((folder) => `  <dir>${folder}</dir>`).join("\n")}
  <cachedir>${cache}</cachedir>
</fontconfig>
`;

export async function unpackBrowser({root, run}) {
  const folder = path.join(root, "environment/.build/browser");
  const fresh = `${folder}.new`;
  for (const old of [folder, fresh]) rmSync(old, {recursive: true, force: true});
  mkdirSync(fresh, {recursive: true});
  const env = {...process.env, TMPDIR: fresh, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x"};
  await run(process.execPath, ["-e", UNPACK], {env});

  const fonts = [path.join(folder, "fonts"), path.join(root, "node_modules/dejavu-fonts-ttf/ttf")];
  writeFileSync(path.join(fresh, "fonts/fonts.conf"), fontsConfig(fonts, path.join(folder, "fonts-cache")));
  if (!existsSync(path.join(fresh, "al2023/lib"))) throw new Error("@sparticuz/chromium came without its libraries.");
  renameSync(fresh, folder);
  await run(path.join(folder, "chromium"), ["--version"], {
    env: {...process.env, LD_LIBRARY_PATH: path.join(folder, "al2023/lib")},
  });
}
