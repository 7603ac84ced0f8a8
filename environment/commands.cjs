// The verbs of the project's command, with their programs, options and examples. command-line.cjs reads command lines by this
// list and prints help from it before anything is set up: so it needs nothing but Node.
const standard = require("./defaults.json");

/** Options that several verbs share. */
const SYSTEMS = ["rayleigh-benard", "euler", "gravity-cooling", "kolmogorov"];
const SYSTEM = {value: "NAME", choices: SYSTEMS, default: standard.system, env: "LOLA_SYSTEM"};
const SET = {
  value: "PATH=VALUE",
  text: "change an option by its path, such as rollout.trajectories=8",
  default: {},
};

const PRESETS = ["smoke", "tour", "mini", "paper"];
const PRESET = {value: "NAME", choices: PRESETS, default: standard.preset, env: "LOLA_PRESET"};
const ONE_SYSTEM = {value: "NAME", choices: SYSTEMS, text: "(default: all)"};
const CLAIMS = "No model is opened. The exit code is 1 if a recorded result is not what the committed scores give.";
const ARRAY = ["backend"];
const FITTING = ["older", "name", "unreachable"];
const slurm = (needs) => ({
  backend: {value: "slurm", choices: ["local", "slurm"], text: "submit one job array", default: "local"},
  time: {value: "LIMIT", text: "time limit of a job, as for sbatch", needs},
  partition: {value: "PARTITION", text: "partition, as for sbatch", needs},
  cpus: {value: "N", text: "processors of a job", needs},
  gres: {value: "RESOURCES", text: "generic resources, as for sbatch", needs},
});

/**
 * By verb: `does`, the first sentence of help; `program`, relative to the project, whose `main` gets the options; `examples`,
 * command lines and what they do; `words`, the arguments without a name; `options`; `notes`, the end of help; `script`, the
 * words of a shorter way to type the verb. `bare: true`: the verb needs arguments, and prints help without any. `setUp: false`:
 * it runs without set-up. `others`: who reads the arguments instead.
 *
 * Of an option or of words: `value`, which also says how they are read (READERS in command-line.cjs; an option without one is a
 * switch), `choices`, `text` for help, `default`, `env`, a variable in place of the option, `count`, `required`, and
 * `needs`, the options of which at least one must be given with it.
 */
const commands = {
  reproduce: {
    script: "npm start",
    does: "Runs the notebooks in order, some two at a time, without a browser.",
    program: "environment/reproduce/reproduce.mjs",
    examples: [
      ["npm start", "the tour of convection"],
      ["npm start -- --preset smoke", "a quick check of everything"],
      ["npm start -- --preset mini", "the larger, pre-trained models"],
      ["npm start -- --preset mini --train", "the same, all trained here"],
      ["npm start -- --system euler", "the tour of another system"],
      ["npm start -- --system all", "every system"],
      ["npm start -- --only 03,05", "some notebooks"],
    ],
    options: {
      system: {...SYSTEM, choices: [...SYSTEMS, "all"]},
      preset: PRESET,
      only: {value: "LIST", text: "run these notebooks"},
      from: {value: "NOTEBOOK", text: "run this notebook and all later ones"},
      again: {text: "run even if nothing changed"},
      exercises: {text: "run each notebook's exercises too, after its cells"},
      train: {text: "train all models, also those that come with the project"},
      reference: {text: "renew the committed notebooks and figures, adding none (for maintainers)"},
    },
    notes:
      "Executed notebooks, figures and tables are written to .out/<system>-<preset>/, over earlier ones; notebooks/ and " +
      "figures/ stay as they are. Ctrl-C stops within five seconds; the same command continues from there.",
  },
  test: {
    script: "npm test",
    does: "Checks format, lint and types, then runs the tests.",
    program: "environment/check.mjs",
    examples: [
      ["npm test", "everything"],
      ["npm test -- test/diffusion", "the tests of a folder or file"],
      ["npm test -- -t standardisation", "tests with a text in their titles"],
      ["npm test -- --onlyChanged", "tests of files that were not committed"],
    ],
    notes:
      "All arguments go to jest. Where some are files or folders, format and lint check these alone. The last line is the number of tests that passed and failed.",
    others: "jest",
  },
  lab: {
    script: "npm run lab",
    does: "Opens JupyterLab on notebooks/: on this machine only, with a token.",
    program: "environment/lab.mjs",
    examples: [
      ["npm run lab", "open the first notebook"],
      ["npm run lab -- --new question", "begin a notebook of your own"],
    ],
    options: {
      new: {value: "TITLE", text: "make work/NAME.ipynb from the template and open it"},
      restore: {text: "bring the lessons back as they were committed; work/ keeps changed ones"},
      port: {value: "PORT", text: "port", default: 8888},
      "no-browser": {text: "print the address; open no browser"},
    },
    notes:
      "A closed tab's kernel (600 to 800 MB) ends after ten idle minutes; until then, reopening the notebook finds its " +
      "variables. No more than two such kernels are kept. Ctrl-C ends all.",
  },
  site: {
    does: "Builds the site of notebooks, docs, API reference and live page in .out/site, without a network.",
    program: "site/build/run.ts",
    examples: [
      ["npm run lola -- site", "build"],
      ["npm run lola -- site --serve", "build, and show it at http://127.0.0.1:8899"],
      ["npm run lola -- site --serve --no-build", "show what was built before"],
      ["npm run lola -- site --host https://example.org/lola/", "build it for a host"],
    ],
    options: {
      host: {value: "URL", text: "address of the site on its host, for previews of links"},
      serve: {text: "show the site on this machine until Ctrl-C"},
      port: {value: "PORT", text: "port", default: 8899},
      "no-build": {text: "build nothing"},
    },
    notes: "A build replaces the earlier site in .out/site.",
  },
  train: {
    does: 'Trains one model of a preset, by one process or by several together ("ranks"), each on its rows of every batch.',
    program: "packages/sweeps/dist/train-program.js",
    examples: [
      ["npm run lola -- train diffusion-16", "one process"],
      ["npm run lola -- train --parallel 2 diffusion-16", "two ranks on this machine"],
      [
        "npm run lola -- train --hosts 10.0.0.1:4000,10.0.0.2:4000 --rank 0 --network diffusion-16",
        "rank 0; the same with --rank 1 on the other machine",
      ],
      ["srun --ntasks 8 npm run -s lola -- train --preset paper diffusion-16", "hosts and ranks of Slurm"],
    ],
    words: {
      value: "MODEL",
      count: 1,
      text: "autoencoder-16, diffusion-16, solver-16, crps-16, solver-pixel, ...",
    },
    options: {
      system: SYSTEM,
      preset: PRESET,
      set: {value: "PATH=VALUE", text: "change an option by its path: latent.training.batch=64", default: {}},
      parallel: {value: "N", text: "ranks on this machine", default: 1},
      hosts: {
        value: "A:P,B:P",
        needs: ["rank"],
        text: "address and port of every rank, the same list on all; all read and write one data folder",
      },
      rank: {value: "I", needs: ["hosts"], text: "which of them this process is, from 0"},
      network: {
        text:
          "listen on another address than the loopback one. What ranks exchange is neither encrypted nor authenticated: use " +
          "only on a network you trust",
      },
      patience: {value: "SECONDS", text: "how long to wait for another rank (default: 45)"},
    },
    notes: "Ctrl-C on any rank stops all and saves; the same command, with any number of ranks, continues from there.",
    bare: true,
  },
  sweep: {
    does: "Trains and measures variants of a preset.",
    program: "packages/sweeps/dist/sweep-program.js",
    examples: [
      [
        "npm run lola -- sweep --set latent.hidChannels=64,128 " +
          "--set latent.training.learningRate=1e-3,4e-3 --seeds 3 --methods diffusion-16,solver-16 --measure vrmse@1:20 " +
          "--name width",
      ],
      ["npm run lola -- sweep --collect width", "the table so far"],
      ["npm run lola -- sweep --plan data/study/plan.json --dry", "what a plan takes"],
    ],
    options: {
      system: SYSTEM,
      preset: PRESET,
      set: {
        value: "PATH=VALUES",
        text:
          "an option by its path and the values to try, with commas between them; log(1e-4,1e-2,5) and linear(0,1,5) are " +
          "ranges with a number of values, whole(1,4,4) one of whole numbers",
        default: {},
      },
      methods: {value: "LIST", text: "autoencoder, diffusion-16, solver-16, crps-16, solver-pixel, ..."},
      measure: {
        value: "LIST",
        text: "validation, secondsPerStep, seconds, mae (autoencoder), vrmse@1:20 (emulators), ...",
      },
      seeds: {value: "N", text: "trainings of each variant, paired by their seeds (default: 1)"},
      autoencoders: {
        value: "own",
        choices: ["shared", "own"],
        text: "train the autoencoder under an emulator from each seed, too (default: shared by all seeds)",
      },
      draws: {
        value: "N",
        text: "draw variants at random instead of all combinations; ranges need no number of values then",
      },
      baseline: {
        value: "PATH=VALUE",
        text: "the variant that others are compared with (default: the first)",
      },
      parallel: {value: "N", text: "trainings at a time"},
      name: {value: "NAME", text: "folder under data/sweeps/ (default: a hash of the sweep)"},
      plan: {value: "FILE", text: "run a committed plan, such as data/study/plan.json; it says all else"},
      ...slurm(["backend", "retry"]),
      dry: {text: "list the trainings with their estimated memory, a plan's with time and disk; train nothing"},
      json: {text: "print the table as JSON"},
      collect: {value: "NAME", text: "print the results of a sweep so far, and which of its trainings failed"},
      retry: {value: "NAME", text: "rerun failed trainings"},
      pack: {
        value: "NAME",
        text: "copy the trainings of a sweep that have ended to data/pretrained/sweeps/, over an earlier copy",
      },
    },
    notes: "Ctrl-C stops and saves; the same command continues from there.",
    bare: true,
  },
  evaluate: {
    does: "Scores emulators, their autoencoders and trivial forecasts on the test trajectories of a preset.",
    program: "packages/sweeps/dist/evaluation-program.js",
    examples: [
      ["npm run lola -- evaluate --methods diffusion-16,solver-16"],
      ["npm run lola -- evaluate --preset mini --backend slurm --name all", "one job array; models must be trained"],
      ["npm run lola -- evaluate --collect all", "how far it is; its table at the end"],
    ],
    options: {
      system: SYSTEM,
      preset: PRESET,
      set: SET,
      methods: {
        value: "LIST",
        text: "diffusion-16, solver-16, crps-16, solver-pixel, ... (default: all of the preset's comparison)",
      },
      json: {text: "print the table as JSON"},
      ...slurm(ARRAY),
      backend: {
        ...slurm().backend,
        text: "submit one job array, an element for each test trajectory; the same command again submits what is missing",
      },
      parallel: {value: "N", text: "elements at a time", needs: ARRAY},
      name: {value: "NAME", text: "folder under data/evaluations/ (default: a hash of the evaluation)", needs: ARRAY},
      collect: {value: "NAME", text: "print how far an array is, and its table once all trajectories are scored"},
    },
    notes: "Ctrl-C stops; the same command continues with the next trajectory.",
    bare: true,
  },
  slides: {
    does: "Makes slides of a notebook, with its texts as the speaker's notes.",
    program: "site/build/slides.ts",
    examples: [["npm run lola -- slides 03", "writes .out/slides/03-diffusion/index.html; open it in a browser"]],
    words: {value: "NOTEBOOK", text: "number or name of a notebook; several make several decks"},
    options: {to: {value: "FOLDER", text: "where the decks go, a folder each", default: ".out/slides"}},
    notes:
      "Earlier slides of the notebook are replaced. In the browser: S opens the speaker's notes, F fills the screen, ? lists all keys. No network is needed.",
    bare: true,
  },
  "break-even": {
    does: "Compares error and cost of the models that come with the project with their simulator on coarser grids.",
    program: "packages/paper/dist/studies/break-even-program.js",
    examples: [["npm run lola -- break-even --system kolmogorov", "a figure and a table, in minutes"]],
    options: {system: SYSTEM},
    notes:
      "Figure and tables are written to .out/<system>-tour/figures/, over earlier ones. Every forecast takes one thread. " +
      "Ctrl-C stops; the same command continues with the next trajectory or cost.",
  },
  runs: {
    does: "Lists what was trained.",
    program: "packages/sweeps/dist/run-program.js",
    examples: [
      ["npm run lola -- runs", "the newest twenty trainings"],
      ["npm run lola -- runs --match diffusion", "those with a text in name or configuration"],
      ["npm run lola -- runs --remove --older 30", "show artefacts that are older than 30 days"],
      ["npm run lola -- runs --remove --older 30 --yes", "remove them"],
    ],
    options: {
      all: {text: "list all trainings"},
      match: {value: "TEXT", text: "list those with a text in their name or configuration"},
      compare: {value: "A,B", text: "what differs between two runs, and their validation errors"},
      json: {text: "print the list as JSON"},
      remove: {text: "show the artefacts of any stage that fit the next three options", needs: FITTING},
      older: {value: "DAYS", text: "older than a number of days", needs: ["remove"]},
      name: {value: "PATTERN", text: 'with such a name: "*c16*"', needs: ["remove"]},
      unreachable: {text: "that no preset reads", needs: ["remove"]},
      yes: {text: "remove what --remove shows", needs: ["remove"]},
    },
  },
  download: {
    does: "Downloads the files of a system from The Well.",
    program: "environment/download.mjs",
    examples: [
      ["npm run lola -- download --system rayleigh-benard --list", "files and their sizes"],
      ["npm run lola -- download --system euler --split test --files 1", "one file of each dataset's test split"],
      [
        "npm run lola -- download --system rayleigh-benard --files Rayleigh_1e6_Prandtl_1.,Rayleigh_1e7",
        "files with one of these texts in their names",
      ],
      ["npm run lola -- download --system gravity-cooling", "everything"],
    ],
    options: {
      system: {value: "NAME", choices: SYSTEMS.slice(0, 3), required: true},
      split: {value: "NAME", choices: ["train", "valid", "test", "all"], default: "all"},
      files: {value: "FILES", text: "a number of files, or texts with commas between them (default: all files)"},
      url: {
        value: "URL",
        env: "LOLA_WELL_URL",
        text:
          "address on a Hugging Face hub, <hub>/datasets/<owner>/{dataset}/resolve/<revision> " +
          "(default: LOLA_WELL_URL, or The Well's public one)",
      },
      folder: {value: "FOLDER", env: "LOLA_WELL", text: "where the datasets go (default: LOLA_WELL, or data/well)"},
      list: {text: "list the files; download nothing"},
    },
    notes: "Ctrl-C stops; the same command continues from there.",
    bare: true,
  },
  bench: {
    does: "Times what a user waits for.",
    program: "test/bench/run.ts",
    examples: [
      ["npm run lola -- bench", "everything, this project alone"],
      ["npm run lola -- bench --peer", "beside PyTorch"],
      ["npm run lola -- bench --only vit,adamw", "what has one of these in its name"],
      ["npm run -s lola -- bench --peer --json", "one JSON object: {machine, results}"],
    ],
    options: {
      peer: {
        text:
          "also time PyTorch, which is installed into environment/.build/peer once: eager, compiled (torch.compile) and " +
          "autotuned (max-autotune)",
      },
      variants: {value: "LIST", text: "variants of PyTorch", default: ["eager", "compiled", "autotuned"]},
      patience: {value: "MINUTES", text: "how long a variant may take to compile", default: 10},
      only: {value: "LIST", text: "parts of the benchmarks' names"},
      minutes: {
        value: "MINUTES",
        text: "how long each is repeated, at most, until the 95 % interval of its median is within 3 %",
        default: 3,
      },
      json: {text: "print JSON, also when it is interrupted"},
      resume: {text: "keep the valid results of this machine (.out/bench.jsonl) and time the rest"},
    },
  },
  fuzz: {
    does: "Reads damaged files of each format and reports every crash, hang and wrong answer.",
    program: "test/fuzz/run.ts",
    examples: [
      ["npm run lola -- fuzz", "20,000 cases of each format"],
      ["npm run lola -- fuzz --minutes 30", "half an hour, shared by the formats"],
      ["npm run lola -- fuzz --seed 1 --cases 300 hdf5 yaml", "the same cases of two formats each time"],
    ],
    words: {
      value: "FORMAT",
      choices: ["artifact", "csv", "hdf5", "loaded-run", "manifest", "safetensors", "yaml"],
      text: "(default: all)",
    },
    options: {
      minutes: {value: "MINUTES", text: "time for all formats together"},
      cases: {value: "N", text: "cases of each format (default: 20000, or any number with --minutes)"},
      seed: {value: "S", text: "what the cases are drawn from (default: the time)"},
    },
    notes: "Inputs of failed cases are kept in .out/fuzz. Ctrl-C stops.",
  },
  soak: {
    does: "Disturbs whole runs (kills, damaged files, full disks, changed clocks) and compares the results with an undisturbed run.",
    program: "test/soak/run.ts",
    examples: [
      ["npm run lola -- soak", "half an hour"],
      ["npm run lola -- soak --minutes 5 clock", "kinds with a text in their names"],
      ["npm run lola -- soak endurance", "memory and tensors over 20,000 steps, 30 experiments and 200 interrupts"],
    ],
    words: {
      value: "KIND",
      text: "texts in the names of the kinds of disturbance; or endurance, then any of steps, experiments, interrupts",
    },
    options: {
      minutes: {value: "MINUTES", text: "time after which no trial begins (default: 30, or any with --trials)"},
      trials: {value: "N", text: "number of trials"},
      from: {value: "I", text: "number of the first trial", default: 0},
      seed: {value: "S", text: "what the trials are drawn from (default: the time)"},
    },
    notes: "Numbers go to .out/soak-S.json or .out/endurance-S.json, over earlier ones of the same seed. Ctrl-C stops.",
  },
  fresh: {
    does: "Tries commands on a fresh machine: Debian or Ubuntu with what the README asks for and nothing else.",
    program: "environment/fresh.mjs",
    examples: [
      ["npm run lola -- fresh /tmp/trixie", "Debian 13, its own Node and Python"],
      ["npm run lola -- fresh /tmp/bookworm --suite bookworm --node 20", "Debian 12, Node 20 from npm"],
    ],
    words: {
      value: "DIR",
      count: 1,
      text: "folder of the root, on a disk with 6 GB; a root that is there is used again",
    },
    options: {
      suite: {value: "NAME", text: "release of Debian or Ubuntu", default: "trixie"},
      mirror: {value: "ADDRESS", text: "archive of the release (default: one that apt knows)"},
      node: {value: "VERSION", text: "version of Node that npm installs (default: the release's own)"},
      run: {value: "COMMAND", text: "what runs in the clone after its set-up", default: "npm start -- --preset smoke"},
    },
    notes:
      "The last commit is cloned, over an earlier clone. Needs debootstrap and root's rights, and mounts nothing that other processes see.",
    bare: true,
    setUp: false,
  },
  claims: {
    does: "Lists the paper's claims and ours with their verdicts, computed again from the scores of single trajectories.",
    program: "packages/paper/dist/claims/claims-program.js",
    examples: [["npm run lola -- claims", "all, in seconds"], ["npm run lola -- claims --system euler"]],
    options: {system: ONE_SYSTEM},
    notes: CLAIMS,
  },
  claim: {
    does: "Shows one claim: what is recorded, what its committed scores give again, and what turns its verdict.",
    program: "packages/paper/dist/claims/claims-program.js",
    examples: [["npm run lola -- claim 7"], ["npm run lola -- claim 7 --system euler"]],
    words: {value: "N", count: 1, text: "number of the claim, as in the list and in docs/claims.md"},
    options: {system: ONE_SYSTEM},
    notes: CLAIMS,
    bare: true,
  },
  trend: {
    does: "Lists how the effects of the main claims change with the size of the models, and what that says of the paper's size.",
    program: "packages/paper/dist/claims/trend.js",
    examples: [
      ["npm run lola -- trend", "from committed effects, in seconds"],
      ["npm run lola -- trend --add --system euler --preset tour", "train and score a size, in minutes"],
    ],
    options: {
      add: {
        text: "put the models of --system, --preset and --set into figures/trend.csv; trains and scores what is missing",
      },
      system: {...SYSTEM, needs: ["add"]},
      preset: {...PRESET, needs: ["add"]},
      set: {...SET, needs: ["add"]},
    },
    notes:
      "A size that is there already is replaced. Ctrl-C stops; the same command continues with the next training. " +
      "--preset paper needs GPUs and The Well's files.",
  },
  crate: {
    does: "Packs the committed figures and tables as a research object (RO-Crate 1.3), with what made each of them.",
    program: "site/build/crate.ts",
    examples: [["npm run lola -- crate", "writes .out/crate, in a minute; a folder to deposit"]],
    options: {to: {value: "FOLDER", text: "where the crate goes", default: ".out/crate"}},
    notes:
      "ro-crate-metadata.json names the cell or command that makes each file, the files it was made from, the authors and the " +
      "licence, with a SHA-256 for each file. The folder also has the trained models. An earlier crate is replaced.",
  },
  article: {
    does: "Prints the reproduction as an article of a few pages, with the committed figures and numbers, as PDF.",
    program: "site/build/article.ts",
    examples: [["npm run lola -- article", "writes .out/article.pdf"]],
    options: {to: {value: "FILE", text: "where the article goes", default: ".out/article.pdf"}},
    notes:
      "The text is site/article.md. Its numbers are sections of the documentation, which tests compare with the results. An " +
      "earlier file is replaced.",
  },
  official: {
    does: "Scores models of the official code on the test trajectories of a preset, beside the paper's numbers.",
    program: "packages/paper/dist/official/official-program.js",
    examples: [
      [
        "npm run lola -- official ~/lola/runs --system euler --preset paper --set standardization=official",
        "The Well's test files alone are read",
      ],
    ],
    words: {value: "FOLDER", count: 1, text: "a run (config.yaml and state.pth), or a folder with runs below"},
    options: {
      system: SYSTEM,
      preset: PRESET,
      set: SET,
    },
    notes:
      "An emulator's folder holds its autoencoder. Each run brings its own standardisation. Nothing in the files is executed. " +
      "Ctrl-C stops; the same command continues with the next trajectory.",
    bare: true,
  },
  pretrain: {
    does: "Trains the models that come with the project, and packs them.",
    program: "packages/paper/dist/pretrain/pretrain.js",
    examples: [
      ["npm run lola -- pretrain --system euler", "an hour and a half; scores alone, half an hour"],
      ["npm run lola -- pretrain --plan data/study/models.json", "what a plan lacks, about 16 core-hours"],
    ],
    options: {
      system: {value: "NAME", choices: SYSTEMS, text: "the system; of a plan, by default all of its systems"},
      plan: {value: "FILE", text: "train the models of a plan, a few at a time, and pack each one when it has ended"},
    },
    notes:
      "It rewrites data/pretrained/<system>/, or data/pretrained/<plan>/<system>/; models there that still fit stay. " +
      "A training of a plan that diverges is noted beside the folder, and not repeated. Trainings are kept in data/unpacked/. Ctrl-C stops; the same command continues from there, also on another machine from the packs.",
    bare: true,
  },
};

/** Variables of the environment that programs read, and what they do; an option on the command line comes first. */
const variables = {
  LOLA_SYSTEM: "system of notebooks and programs, as --system",
  LOLA_PRESET: "preset of notebooks and programs, as --preset",
  LOLA_TRAIN: "1: train everything, also models and sweeps that come with the project",
  LOLA_DATA: "folder of datasets, models and other artefacts (default: data)",
  LOLA_WELL: "folder of The Well's files (default: well in the folder of LOLA_DATA)",
  LOLA_WELL_URL: "address that the download reads, as --url",
  LOLA_OUT: "folder of a run's notebooks, figures and tables (default: .out/<system>-<preset>)",
  LOLA_FIGURES: "folder of figures and tables alone (default: figures in the folder of LOLA_OUT)",
  LOLA_NOTEBOOKS: "folder of the notebooks that npm start runs (default: notebooks)",
  LOLA_PROJECT: "the project's folder on the machines that run a job array (default: its folder here)",
  LOLA_FUSED: "off: run no operations and loops that set-up compiled; on: refuse to run without",
  LOLA_COMPILE: "eager: record no steps, run them operation by operation (default: function)",
  LOLA_RECORD: "1: tests write their recorded results and generated pages again",
  LOLA_REFERENCE: "folder of reference vectors, in place of test/reference",
  LOLA_SLURM_PORT: "first port of the Slurm that npm run test:slurm starts (default: 6817)",
};

module.exports = {commands, variables};
