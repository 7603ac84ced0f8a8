// Functions in the eager context of tfjs-node: a recorded step becomes one TensorFlow function.
//
// binding.mjs appends these methods to the package's tfjs_backend.cc.

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace tfnodejs {

static void *ReceiveSignals(void *) {
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  for (;;) pause();
}

// Signals arrive on a thread of their own, never in the middle of a product: oneDNN's products do not bear them on some
// processors (docs/reliability.md). Threads that TensorFlow starts later inherit the mask; Node's handlers
// may run on any thread, and Node clears the mask in the processes that it starts. Faults and the profiler's ticks stay
// where they are; the handler of these ticks asks for another stack than the one in use.
static const bool signals_are_apart = [] {
  static char stack[1 << 18];
  stack_t other = {};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  sigaltstack(&other, nullptr);
  sigset_t others;
  sigfillset(&others);
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF}) sigdelset(&others, fault);
  pthread_t receiver;
  if (pthread_create(&receiver, nullptr, ReceiveSignals, nullptr) != 0) return false;
  pthread_detach(receiver);
  return pthread_sigmask(SIG_BLOCK, &others, nullptr) == 0;
}();

// Finds "node:index" outputs by name.
static bool FindOutputs(napi_env env, napi_value names, TF_Graph *graph,
                        std::vector<TF_Output> *outputs) {
  uint32_t count;
  if (napi_get_array_length(env, names, &count) != napi_ok) return false;
  for (uint32_t i = 0; i < count; i++) {
    napi_value element;
    std::string name;
    if (napi_get_element(env, names, i, &element) != napi_ok ||
        GetStringParam(env, element, name) != napi_ok) {
      return false;
    }
    const size_t colon = name.rfind(':');
    if (colon == std::string::npos) return false;
    TF_Operation *operation =
        TF_GraphOperationByName(graph, name.substr(0, colon).c_str());
    if (operation == nullptr) return false;
    outputs->push_back({operation, atoi(name.c_str() + colon + 1)});
  }
  return true;
}

// defineFunction(graphDef: Uint8Array, name: string, inputs: string[], outputs: string[])
napi_value TFJSBackend::DefineFunction(napi_env env, napi_value graph_def,
                                       napi_value function_name,
                                       napi_value inputs, napi_value outputs) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  std::string name;
  if (napi_get_typedarray_info(env, graph_def, &type, &length, &data, nullptr,
                               nullptr) != napi_ok ||
      type != napi_uint8_array ||
      GetStringParam(env, function_name, name) != napi_ok) {
    NAPI_THROW_ERROR(env, "defineFunction expects (Uint8Array, string, string[], string[])");
    return nullptr;
  }

  TF_AutoStatus status;
  TF_Graph *graph = TF_NewGraph();
  TF_Buffer *buffer = TF_NewBufferFromString(data, length);
  TF_ImportGraphDefOptions *options = TF_NewImportGraphDefOptions();
  TF_GraphImportGraphDef(graph, buffer, options, status.status);
  TF_DeleteImportGraphDefOptions(options);
  TF_DeleteBuffer(buffer);

  bool found = true;
  if (TF_GetCode(status.status) == TF_OK) {
    std::vector<TF_Output> in, out;
    found = FindOutputs(env, inputs, graph, &in) && FindOutputs(env, outputs, graph, &out);
    if (found) {
      TF_Function *function = TF_GraphToFunction(
          graph, name.c_str(), 0, -1, nullptr, in.size(), in.data(), out.size(),
          out.data(), nullptr, nullptr, nullptr, status.status);
      if (TF_GetCode(status.status) == TF_OK) {
        TFE_ContextAddFunction(tfe_context_, function, status.status);
        TF_DeleteFunction(function);
      }
    }
  }
  TF_DeleteGraph(graph);
  if (!found) {
    NAPI_THROW_ERROR(env, "defineFunction: an input or output is not in the graph");
    return nullptr;
  }
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  return nullptr;
}

// removeFunction(name: string)
napi_value TFJSBackend::RemoveFunction(napi_env env, napi_value function_name) {
  std::string name;
  if (GetStringParam(env, function_name, name) != napi_ok) {
    NAPI_THROW_ERROR(env, "removeFunction expects a string");
    return nullptr;
  }
  TF_AutoStatus status;
  TFE_ContextRemoveFunction(tfe_context_, name.c_str(), status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);
  return nullptr;
}

}  // namespace tfnodejs
