import Touchlog
