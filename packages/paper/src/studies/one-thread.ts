/** Lets the tensor engine take one thread; it reads these variables when it is loaded, so this is imported before it. */
for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) process.env[name] = "1";
