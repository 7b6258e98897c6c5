import Hummingbird
func probe() -> Router<BasicRequestContext> { Router() }
